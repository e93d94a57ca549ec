using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Protocol;

namespace PandoraSync.Sync.Drain;

/// <summary>
/// Towards a stock server, a window at a time (protocol.md, section 10): files are moved and compared with our copies, and what came of a
/// window counts when all of it has been read and one more question has its answer. Until then nothing of it is flushed, removed or delivered.
/// What cannot be asked ahead is left in the queue, to be asked for alone.
/// </summary>
/// <param name="client">A connection that is in step.</param>
/// <param name="context">What the connections of the site share.</param>
/// <param name="window">How much is asked for at once.</param>
/// <param name="cancellationToken">Ends it at once.</param>
internal sealed class AheadConnection(TentacleClient client, DrainContext context, AheadWindow window, CancellationToken cancellationToken) : DrainConnection(context)
{
    private readonly TentaclePipeline _pipeline = client.BeginPipeline(cancellationToken, context.Manner.GetGap);
    private readonly Stopwatch _sinceAsked = new();
    private readonly int _breaksBefore = context.Manner.Breaks;

    /// <inheritdoc/>
    protected override bool IsQueueEmpty => Context.Queue.IsEmptyAhead;

    /// <inheritdoc/>
    protected override bool HoldsReceived => UnderWay.Count > 0 || Unproven.Count > 0;

    /// <inheritdoc/>
    protected override bool IsTimeToProve => UnderWay.Count == 0 && Unproven.Count > 0;

    /// <inheritdoc/>
    protected override async Task WorkAsync()
    {
        using (_pipeline)
        {
            await base.WorkAsync().ConfigureAwait(false);
            await _pipeline.CompleteAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected override void AskMore()
    {
        if (UnderWay.Count > 0)
            return;
        _sinceAsked.Restart();
        var bytesToMove = 0L;

        // Before it is proven, nothing of a window leaves the batch.
        var most = Math.Min(Math.Min(MostReceives, window.Files), Receiving.Room);
        while (!_pipeline.IsFull && bytesToMove < MostBytesUnderWay && UnderWay.Count < 2 * window.Files && BeginNext(ReceivesUnderWay < most) is { } step)
        {
            if (step.Removed is { } file)
                _pipeline.Move(file.Name);
            else
                _pipeline.Receive(step.Item.Name);
            step.Removed?.AskRemoval();
            bytesToMove += step.Removed?.Length ?? 0;
        }

        _pipeline.Send();
    }

    /// <inheritdoc/>
    protected override async Task ReadAnswerAsync(DrainStep step)
    {
        if (step.Removed is { } file)
            await CompareRemovedAsync(file, size => size <= MostBytesUnderWay || !Outcomes.IsTooLarge(size) || Decline(step, size) is not null).ConfigureAwait(false);
        else
            await TakeAsync(step).ConfigureAwait(false);
        Unproven.Enqueue(step);
    }

    /// <inheritdoc/>
    protected override Task<long?> TakeContentAsync(TentacleVerb verb, string name, Func<long, Stream?> open, Action<int> received) =>
        _pipeline.ReadFileAsync(verb, name, size => open(size)!, received);

    /// <inheritdoc/>
    protected override Stream Decline(DrainStep step, long size) => throw _pipeline.BreakOff($"announced {size} bytes", isFilesFault: true);

    /// <inheritdoc/>
    protected override DrainItem? TakeItem() => Context.Queue.TakeAhead();

    /// <inheritdoc/>
    protected override async Task ProveAsync()
    {
        await _pipeline.ProveAsync().ConfigureAwait(false);
        window.Proved(_sinceAsked.Elapsed);
        Context.Manner.Proved();
        Context.Tally.Answered(Unproven.Count);
    }

    /// <inheritdoc/>
    protected override Task RequeueAsync(Exception error)
    {
        window.Broke();
        if (!_pipeline.BrokeByFile && error is TentacleException { Kind: not (TentacleErrorKind.LocalFile or TentacleErrorKind.DiskFull) })
            Context.Manner.Broke(_breaksBefore);
        return base.RequeueAsync(error);
    }
}
