using System;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Transport;

namespace PandoraSync.Client;

/// <summary>When and how soon to try again what is safe to repeat (protocol.md, section 5): waits that double, with a random part so that many callers spread out.</summary>
internal static class RetryPolicy
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(8);

    /// <summary>True if the same attempt may succeed the next time.</summary>
    public static bool IsWorthwhile(TentacleException e) => e.CanRetry || e.Kind == TentacleErrorKind.Protocol;

    /// <summary>Repeats an action that changes nothing at the server.</summary>
    /// <exception cref="TentacleException">The last attempt's.</exception>
    public static async Task<T> RunAsync<T>(TentacleClientOptions options, Action<string> say, Func<Task<T>> action, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await action().ConfigureAwait(false);
            }
            catch (TentacleException e) when (IsWorthwhile(e) && attempt <= options.RetryCount)
            {
                say($"{e.Message} Trying again ({attempt} of {options.RetryCount}).");
                await WaitAsync(attempt, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Waits before an attempt.</summary>
    /// <param name="failures">Failures so far, 1 or more.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    public static Task WaitAsync(int failures, CancellationToken cancellationToken)
    {
        var most = Math.Min(LongestWait.TotalMilliseconds, FirstWait.TotalMilliseconds * Math.Pow(2, Math.Min(failures, 16) - 1));
        return Task.Delay(TimeSpan.FromMilliseconds(most * (0.5 + (0.5 * Random()))), cancellationToken);
    }

    private static double Random() => BitConverter.ToUInt32(Guid.NewGuid().ToByteArray(), 0) / (double)uint.MaxValue;
}
