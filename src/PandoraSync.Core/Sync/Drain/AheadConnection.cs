using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Protocol;
using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Drain;

/// <summary>
/// Towards a stock server, many files under way (protocol.md, section 10): they are moved and compared with our copies. Behind each burst of questions goes
/// a sync point, and what came of the burst counts when that has its answer: until then nothing of it is flushed, removed or delivered.
/// What cannot be asked ahead is left in the queue, to be asked for alone.
/// </summary>
internal sealed class AheadConnection(TentacleClient client, DrainContext context, AheadWindow window, CancellationToken cancellationToken) : DrainConnection(context)
{
    private readonly TentaclePipeline _pipeline = client.BeginPipeline(cancellationToken, context.Manner.GetGap);
    private readonly Queue<(Stopwatch Clock, TimeSpan Gap, int Window)> _bursts = new();
    private readonly int _breaksBefore = context.Manner.Breaks;
    private long _bytesToMove;
    private bool _isLooking;

    protected override bool IsQueueEmpty => Context.Queue.IsEmptyAhead;

    protected override bool HoldsReceived => Unproven.Count > 0;

    protected override async Task WorkAsync()
    {
        using (_pipeline)
        {
            await base.WorkAsync().ConfigureAwait(false);
            await _pipeline.CompleteAsync().ConfigureAwait(false);
        }
    }

    protected override void AskMore()
    {
        var before = UnderWay.Count;
        if (before > (_isLooking ? 0 : window.Files / 2))
            return;
        _isLooking = before == 0 && Look();
        if (!_isLooking)
            Ask();
        if (UnderWay.Count == before)
            return;
        PutUnderWay(DrainStep.SyncPoint());
        _bursts.Enqueue((Stopwatch.StartNew(), Context.Manner.GetGap(), window.Files));
        _pipeline.AskProof();
        _pipeline.Send();
    }

    /// <summary>
    /// Asks what became of files that the server may have been told to move. By themselves, until they are proven: without a content among the answers, and nothing
    /// behind them, an answer that is missing leaves too few of them in any reading (protocol.md, section 10).
    /// </summary>
    private bool Look()
    {
        while (!_pipeline.IsFull && UnderWay.Count < window.Files && Context.Queue.TakeBegun() is { } item)
        {
            if (Begin(item) is not { } step)
                continue;
            _pipeline.Look(item.Name);
            PutUnderWay(step);
        }

        return UnderWay.Count > 0;
    }

    private void Ask()
    {
        // Before it is proven, nothing leaves the batch.
        var most = Math.Min(MostReceives, Receiving.Room);
        while (!_pipeline.IsFull && _bytesToMove < MostBytesUnderWay && UnderWay.Count < window.Files && BeginNext(ReceivesUnderWay < most) is { } step)
        {
            if (step.Removed is { } file)
                _pipeline.Move(file.Name);
            else
                _pipeline.Receive(step.Item.Name);
            step.Removed?.AskRemoval();
            _bytesToMove += step.Removed?.Length ?? 0;
        }
    }

    /// <summary>What is on our disk is moved, and compared.</summary>
    protected override DrainStep? Begin(DrainItem item) =>
        !Context.Options.KeepsFiles && item.Staged is { IsDurable: true, AtServer: FileAtServer.Present or FileAtServer.Found } file ? Removal(file) : base.Begin(item);

    /// <summary>Whichever connection comes first: one that has broken often would have all of its own to move when the others have ended.</summary>
    protected override void QueueRemoval(StagedFile file) => Context.Queue.Return(new DrainItem(file.Name, file, file.Attempts));

    /// <summary>What is still there is moved and compared; the rest is ours to deliver.</summary>
    protected override async Task ReconcileAsync(DrainStep step, StagedFile kept) => step.IsGone = !await _pipeline.ReadLookAsync(kept.Name).ConfigureAwait(false);

    protected override Task ReadRemovalAsync(DrainStep step, StagedFile file) => CompareRemovedAsync(step, file, size => Accepts(step, size, MostBytesUnderWay));

    protected override void Answered(DrainStep step)
    {
        _bytesToMove -= step.Removed?.Length ?? 0;
        if (step.IsSyncPoint)
            ConfirmUnproven();
        else
            Unproven.Enqueue(step);
    }

    protected override Task<long?> TakeContentAsync(TentacleVerb verb, string name, Func<long, Stream?> open, Action<int> received) =>
        _pipeline.ReadFileAsync(verb, name, size => open(size)!, received);

    protected override void Decline(DrainStep step, long size) => throw _pipeline.BreakOff($"announced {size} bytes", isFilesFault: true);

    protected override DrainItem? TakeItem() => Context.Queue.TakeAhead();

    protected override async Task ProveAsync()
    {
        await _pipeline.ReadProofAsync().ConfigureAwait(false);
        var burst = _bursts.Dequeue();
        window.Proved(burst.Window, isLate: burst.Clock.Elapsed > Context.Manner.EnoughAhead);
        Context.Manner.Proved(burst.Gap);
        Context.Progress.Answered(Unproven.Count);
    }

    protected override Task RequeueAsync(Exception error)
    {
        window.Broke();
        if (!_pipeline.BrokeByFile && error is TentacleException { Kind: not (TentacleErrorKind.LocalFile or TentacleErrorKind.DiskFull) })
            Context.Manner.Broke(_breaksBefore);
        return base.RequeueAsync(error);
    }
}
