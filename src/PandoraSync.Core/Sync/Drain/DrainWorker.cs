using System;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Protocol;

namespace PandoraSync.Sync.Drain;

/// <summary>Keeps one connection to a site going: connects again after a failure, until the queue is empty or trying again cannot help.</summary>
/// <param name="context">What the connections of the site share.</param>
/// <param name="number">The connection's number; the first one does not give up before the site does.</param>
/// <param name="connected">A connection that is open and answered; null to make one.</param>
internal sealed class DrainWorker(DrainContext context, int number, TentacleClient? connected = null)
{
    private readonly AheadWindow _window = new(context.Queue.Total / (2 * context.Options.Connections));
    private TentacleClient? _connected = connected;

    /// <summary>Works until a connection has found nothing left to do: what another has under way is that one's, and is not connected for once more.</summary>
    /// <param name="cancellationToken">Ends the work at once.</param>
    /// <param name="placeWanted">Ends the wait for a connection that is answered.</param>
    public async Task RunAsync(CancellationToken cancellationToken, CancellationToken placeWanted)
    {
        var failures = 0;
        var isFull = false;
        while (!context.Queue.IsEmpty)
        {
            try
            {
                if (await RunOnceAsync(failures, cancellationToken, placeWanted).ConfigureAwait(false) is not { } soFar)
                    return;
                failures = soFar;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (TentacleException e) when (e.Kind == TentacleErrorKind.DiskFull && !isFull)
            {
                // What is staged is brought to its end all the same; the rest waits for the next run.
                isFull = true;
                context.Queue.GiveOnlyStaged();
                context.Progress.Fail(e);
            }
            catch (TentacleException e)
            {
                if (number > 1 && IsWorthTryingAgain(e))
                {
                    context.Progress.LogVerbose($"connection {number} is given up; the others go on: {e.Message}");
                    return;
                }

                context.Queue.Close();
                context.Progress.Fail(e);
                return;
            }
        }
    }

    /// <summary>Works over one connection.</summary>
    /// <returns>Failures in a row; null if it came to its end.</returns>
    private async Task<int?> RunOnceAsync(int failures, CancellationToken cancellationToken, CancellationToken placeWanted)
    {
        DrainConnection? connection = null;
        var breaks = context.Manner.Breaks;
        try
        {
            using var client = await OpenAsync(placeWanted).ConfigureAwait(false);
            context.Manner.Observe(client);
            if (!client.HasFastLane && !context.Queue.IsEmptyAhead && await context.Manner.CanAskAheadAsync(client, cancellationToken).ConfigureAwait(false))
            {
                connection = new AheadConnection(client, context, _window, cancellationToken);
                await connection.RunAsync().ConfigureAwait(false);
            }

            // What a stock server cannot be asked ahead for is asked for alone.
            connection = client.HasFastLane ? new FastLaneConnection(client, context, cancellationToken) : new OneByOneConnection(client, context, context.Manner.IsAskedAhead, cancellationToken);
            await connection.RunAsync().ConfigureAwait(false);

            return null;
        }
        catch (TentacleException e) when (connection is { EndedByFile: true } && IsFailureOfFile(e))
        {
            // The site has served the connection, and the file waits behind the others or is left: nothing to give the site up for.
            context.Progress.LogVerbose($"{e.Message} Going on with other files.");
            if (e.Kind != TentacleErrorKind.TooLarge && !IsByAskingAhead())
                await RetryPolicy.WaitAsync(1, placeWanted).ConfigureAwait(false);
            return connection.Delivered > 0 ? 0 : failures;
        }
        catch (TentacleException e) when (IsWorthTryingAgain(e))
        {
            // What comes of asking ahead is no failure of the site: after a few breaks in a row it is asked for one file at a time.
            failures = (connection is { Delivered: > 0 } ? 0 : failures) + (IsByAskingAhead() ? 0 : 1);
            if (failures > context.Site.Client.RetryCount)
                throw;
            context.Progress.LogVerbose($"{e.Message} Trying again ({failures} of {context.Site.Client.RetryCount}).");
            if (!IsByAskingAhead())
                await RetryPolicy.WaitAsync(Math.Max(1, failures), placeWanted).ConfigureAwait(false);
            return failures;
        }

        bool IsByAskingAhead() => context.Manner.Breaks != breaks;
    }

    private bool IsFailureOfFile(TentacleException e) => e.Kind == TentacleErrorKind.TooLarge || (IsWorthTryingAgain(e) && context.Progress.TryCharge(e));

    private bool IsWorthTryingAgain(TentacleException e) =>
        RetryPolicy.IsWorthwhile(e)
        || (context.Progress.HasBeenServed && e.Kind is TentacleErrorKind.AuthenticationFailed or TentacleErrorKind.NotAllowed);

    private async Task<TentacleClient> OpenAsync(CancellationToken cancellationToken)
    {
        var open = Interlocked.Exchange(ref _connected, value: null);
        context.Progress.HasBeenServed |= open is not null;
        if (open is { IsUsable: true })
            return open;
        open?.Dispose();
        var client = await TentacleClient.ConnectAndProbeAsync(context.Site.Client, cancellationToken).ConfigureAwait(false);
        context.Progress.HasBeenServed = true;
        return client;
    }
}
