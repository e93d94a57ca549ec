using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;

namespace PandoraSync.Sync.Continuous;

/// <summary>The time that a continuous run goes by. Tests give one that runs faster, or jumps.</summary>
internal class SyncClock
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    /// <summary>The machine's time.</summary>
    public static SyncClock System { get; } = new();

    /// <summary>The time of day, which somebody may set anew: for what people read, never for waiting.</summary>
    public virtual DateTime UtcNow => DateTime.UtcNow;

    /// <summary>Time since some moment, which nobody sets.</summary>
    public virtual TimeSpan Elapsed => _watch.Elapsed;

    /// <summary>Waits.</summary>
    /// <param name="time">How long.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public virtual Task DelayAsync(TimeSpan time, CancellationToken cancellationToken) => Task.Delay(time, cancellationToken);
}
