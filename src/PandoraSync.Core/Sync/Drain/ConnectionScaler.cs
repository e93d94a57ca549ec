using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;

namespace PandoraSync.Sync.Drain;

/// <summary>
/// The connections of one site's drain. Over a long line to a stock server each is worth as much as the one before, since each waits for
/// answers most of the time; elsewhere another one is opened only while the last one has helped.
/// </summary>
internal sealed class ConnectionScaler(DrainContext context, TentacleClient? connected)
{
    // Below this many files for each, another connection costs more than it brings.
    private const int FilesPerConnection = 8;
    private const int FewConnections = 4;

    // Between two looks at the speed, so much is to happen that chance does not decide.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private const int AnswersPerConnection = 32;

    // A connection that brings less than this part of its share is the last.
    private const double LeastPartOfShare = 0.3;

    private readonly List<Task> _others = [];

    /// <summary>Drains the site until its queue is empty, or trying again cannot help.</summary>
    /// <param name="cancellationToken">Ends it at once.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var extra = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var most = Math.Min(context.Options.Connections, (context.Queue.Total + FilesPerConnection - 1) / FilesPerConnection);
        var working = new DrainWorker(context, 1, connected).RunAsync(cancellationToken, cancellationToken);
        while (_others.Count + 1 < Math.Min(most, AtFirst))
            Add(cancellationToken, extra.Token);
        var growing = GrowAsync(most, working, cancellationToken, extra.Token);
        try
        {
            await working.ConfigureAwait(false);
        }
        finally
        {
            // Whoever still waits for a place at the server has nothing left to do; whoever has one finishes.
            extra.Cancel();
            await Task.WhenAny(growing).ConfigureAwait(false);
            await Task.WhenAll(_others.Append(growing)).ConfigureAwait(false);
        }

        // What a connection gave back after the others had ended.
        while (!context.Queue.IsEmpty)
            await new DrainWorker(context, 1).RunAsync(cancellationToken, cancellationToken).ConfigureAwait(false);
    }

    private int AtFirst
    {
        get
        {
            if (connected is null)
                return FewConnections;
            if (connected.HasFastLane)
                return 1;
            return connected.RoundTrip >= AskingManner.LongRoundTrip ? int.MaxValue : FewConnections;
        }
    }

    private void Add(CancellationToken cancellationToken, CancellationToken placeWanted) =>
        _others.Add(new DrainWorker(context, _others.Count + 2).RunAsync(cancellationToken, placeWanted));

    private async Task GrowAsync(int most, Task working, CancellationToken cancellationToken, CancellationToken ended)
    {
        var before = 0.0;
        while (_others.Count + 1 < most && !context.Queue.IsEmpty)
        {
            var now = await MeasureAsync(working, ended).ConfigureAwait(false);
            if (working.IsCompleted || ended.IsCancellationRequested || (before > 0 && now < before * (1 + (LeastPartOfShare / _others.Count))))
                return;
            before = now;
            Add(cancellationToken, ended);
            context.Progress.LogVerbose($"a connection more, {_others.Count + 1} in all: {now:0} answers a second so far");
        }
    }

    /// <summary>Answers a second over an interval.</summary>
    private async Task<double> MeasureAsync(Task working, CancellationToken ended)
    {
        var (clock, first) = (Stopwatch.StartNew(), context.Progress.Answers);
        do
        {
            await Task.WhenAny(working, Task.Delay(Interval, ended)).ConfigureAwait(false);
        }
        while (!working.IsCompleted && !ended.IsCancellationRequested && context.Progress.Answers - first < AnswersPerConnection * (_others.Count + 1));
        return (context.Progress.Answers - first) / clock.Elapsed.TotalSeconds;
    }
}
