using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.Files;
using PandoraSync.Protocol;
using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Drain;

/// <summary>
/// Takes files over one connection until the queue is empty: while some are received, others are flushed, others are removed at the server,
/// and others delivered. How far ahead of the answers the server is asked, how it is told to remove a file and what proves its answers
/// is the dialect that the classes below this one speak. Whatever ends it early, each file is back in the queue or staged for the next run.
/// </summary>
internal abstract class DrainConnection(DrainContext context) : ContentReceiver(context)
{
    // A flush costs about as much for a hundred files as for one.
    private const int FewestToFlush = 128;
    private const int FewestUnderWay = 16;
    private static readonly TimeSpan LongestUndelivered = TimeSpan.FromSeconds(1);

    private readonly Stopwatch _sinceDelivery = Stopwatch.StartNew();
    private FlushBatch _flushing = new(context);

    /// <summary>Files brought to their end over this connection.</summary>
    public int Delivered => Deliveries.Count;

    /// <summary>True if a file is to blame for the connection's end, as when a stock server cannot open it: the site may be all right.</summary>
    public bool EndedByFile => Outcomes.IsFileToBlame;

    /// <summary>What was asked and is not answered yet, in order.</summary>
    protected Queue<DrainStep> UnderWay { get; } = new();

    /// <summary>What was answered, as long as a later answer is to prove it.</summary>
    protected Queue<DrainStep> Unproven { get; } = new();

    /// <summary>What is to be asked before anything new.</summary>
    protected Queue<DrainStep> Next { get; } = new();

    /// <summary>Contents that were asked for and have not come yet.</summary>
    protected int ReceivesUnderWay { get; private set; }

    /// <summary>Most contents that may be under way, by how long they have been so far.</summary>
    protected long MostReceives => Math.Max(FewestUnderWay, MostBytesUnderWay / AverageBytes);

    /// <summary>True if nothing is left that this connection may take.</summary>
    protected virtual bool IsQueueEmpty => Context.Queue.IsEmpty;

    /// <summary>True if nothing is left to ask or to flush.</summary>
    protected bool HasNothingToAsk => UnderWay.Count == 0 && Next.Count == 0 && Receiving.Files.Count == 0 && _flushing.Files.Count == 0 && IsQueueEmpty;

    /// <summary>True while nothing that was received may leave its batch.</summary>
    protected virtual bool HoldsReceived => false;

    /// <summary>Works until the queue is empty, then ends the session.</summary>
    /// <exception cref="TentacleException">The connection or the disk failed; what was under way is back in the queue or staged for the next run.</exception>
    public async Task RunAsync()
    {
        try
        {
            await WorkAsync().ConfigureAwait(false);
            await Deliveries.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await RequeueAsync(e).ConfigureAwait(false);
            await Outcomes.TryAsync(Deliveries.CompleteAsync()).ConfigureAwait(false);
            foreach (var file in Deliveries.Waiting)
                Outcomes.KeepRemoved(file);
            var cause = e is TentacleException { Kind: TentacleErrorKind.DiskFull or TentacleErrorKind.LocalFile, InnerException: { } inner } ? inner : e;
            if (LocalFileError.IsFileError(cause))
                throw LocalFileError.Explain(cause, (cause as FileNotFoundException)?.FileName ?? Context.Incoming.Path, "store", Context.Site.Name);
            throw;
        }
    }

    /// <summary>Asks for as much as may be under way.</summary>
    protected abstract void AskMore();

    /// <summary>Reads the answer to a file's removal, and does what it says.</summary>
    protected abstract Task ReadRemovalAsync(DrainStep step, StagedFile file);

    /// <summary>Reads the answer that proves those before it.</summary>
    protected virtual Task ProveAsync() => Task.CompletedTask;

    /// <summary>The answer to a step has been read.</summary>
    protected virtual void Answered(DrainStep step)
    {
    }

    /// <summary>Takes the next file from the queue.</summary>
    protected virtual DrainItem? TakeItem() => Context.Queue.Take();

    /// <summary>The step by which a file begins; null if there is nothing to ask yet, since its copy is to be flushed first.</summary>
    protected virtual DrainStep? Begin(DrainItem item)
    {
        if (item.Staged is null)
            return new DrainStep(item);
        if (item.Staged.AtServer is FileAtServer.Unknown or FileAtServer.Found)
            return Outcomes.TryRead(item.Staged, static _ => { }) ? new DrainStep(item, kept: item.Staged) : null;
        Receiving.Add(item.Staged);
        return null;
    }

    /// <summary>Sees to it that the server is asked to remove a file that is on our disk.</summary>
    protected virtual void QueueRemoval(StagedFile file) => Next.Enqueue(Removal(file));

    /// <summary>The question for a file's removal.</summary>
    protected static DrainStep Removal(StagedFile file) => new(new DrainItem(file.Name, Attempts: file.Attempts), file);

    /// <summary>Does the work.</summary>
    protected virtual async Task WorkAsync()
    {
        do
        {
            AskMore();
            await TurnBatchesAsync(isIdle: UnderWay.Count == 0).ConfigureAwait(false);
            if (UnderWay.Count > 0)
                await ReadAnswerAsync(UnderWay.Peek()).ConfigureAwait(false);
        }
        while (!HasNothingToAsk || Unproven.Count > 0);

        await Receiving.FlushAsync().ConfigureAwait(false);
    }

    /// <summary>The next thing to ask; it is under way from now on.</summary>
    /// <param name="mayReceive">Whether that may be a content.</param>
    /// <returns>Null if there is nothing.</returns>
    protected DrainStep? BeginNext(bool mayReceive)
    {
        var step = Next.Count > 0 ? Next.Dequeue() : null;
        while (step is null && mayReceive && !Receiving.IsFull && TakeItem() is { } item)
            step = Begin(item);
        if (step is null)
            return null;
        PutUnderWay(step);
        return step;
    }

    /// <summary>The step is asked for.</summary>
    protected void PutUnderWay(DrainStep step)
    {
        UnderWay.Enqueue(step);
        ReceivesUnderWay += step.IsReceive ? 1 : 0;
    }

    /// <summary>The step that was answered is no longer under way.</summary>
    protected void EndStep() => ReceivesUnderWay -= UnderWay.Dequeue().IsReceive ? 1 : 0;

    /// <summary>A later answer has proven what was answered before.</summary>
    protected void ConfirmUnproven()
    {
        while (Unproven.Count > 0)
        {
            var step = Unproven.Dequeue();
            if (step.Removed is { } removed)
                Deliveries.Add(removed);
            else if (step.Kept is { } kept)
                ConfirmLook(step, kept);
        }
    }

    /// <summary>
    /// Our copy is on its way again: to be delivered if the server no longer has the file, else to be removed there if it is the same. What it has may be
    /// another file by the time of a later run, and is not to be moved before there is a copy of that too.
    /// </summary>
    private void ConfirmLook(DrainStep step, StagedFile kept)
    {
        if (step.IsGone)
            kept.ConfirmRemoval();
        else
            kept.FindName();
        if (kept is { IsRecovered: true, AtServer: FileAtServer.Found })
            Context.Queue.ReturnLast(step.Item);
        else
            Receiving.Add(kept);
    }

    /// <summary>After a failure: what is whole waits to be removed or delivered, what is not is asked for again.</summary>
    /// <param name="error">The failure.</param>
    protected virtual async Task RequeueAsync(Exception error)
    {
        foreach (var step in Unproven)
            RequeueUnproven(step);
        var blamed = EndedByFile ? null : UnderWay.FirstOrDefault();
        foreach (var step in UnderWay.Where(static s => !s.IsSyncPoint))
            Outcomes.Requeue(step, step == blamed ? error : null);
        foreach (var step in Next)
            Outcomes.Requeue(step, error: null);
        await RequeueAsync(_flushing).ConfigureAwait(false);
        await RequeueAsync(Receiving).ConfigureAwait(false);
    }

    /// <summary>What a break has left unproven is as if it had never come; what was to be removed may have been.</summary>
    private void RequeueUnproven(DrainStep step)
    {
        if (step.Received is { } received)
        {
            Receiving.Files.Remove(received);
            StagingFolder.Discard(received);
        }

        Outcomes.Requeue(step, error: null);
    }

    /// <summary>Gives back the files of a batch, after the disk has saved what it could: ours may be the only copies.</summary>
    private async Task RequeueAsync(FlushBatch batch)
    {
        await Outcomes.TryAsync(batch.FlushAsync()).ConfigureAwait(false);
        foreach (var file in batch.Files)
        {
            // A copy that is not on disk is of no use, unless it is the only one.
            var isKept = file.IsDurable || file.MayBeOnlyCopy;
            if (!isKept)
                StagingFolder.Discard(file);
            Outcomes.Requeue(file, isKept);
        }
    }

    /// <summary>Has the removal asked for of what is flushed, and then the next batch flushed.</summary>
    /// <param name="isIdle">True if there is nothing to do but to wait for the disk.</param>
    private async Task TurnBatchesAsync(bool isIdle)
    {
        if (isIdle || (Deliveries.IsReady && (Deliveries.Pending >= FewestToFlush || _sinceDelivery.Elapsed >= LongestUndelivered)))
        {
            await Deliveries.DeliverAsync().ConfigureAwait(false);
            _sinceDelivery.Restart();
        }

        var flushed = _flushing.FlushAsync();
        if (!flushed.IsCompleted && !isIdle && (!Receiving.IsFull || HoldsReceived))
            return;
        await flushed.ConfigureAwait(false);
        foreach (var file in _flushing.Files)
        {
            if (Context.Options.KeepsFiles || file.AtServer == FileAtServer.Removed)
                Deliveries.Add(file);
            else
                QueueRemoval(file);
        }

        _flushing.Files.Clear();
        if (HoldsReceived || (!isIdle && !Receiving.IsFull && Receiving.Files.Count < FewestToFlush))
            return;
        (_flushing, Receiving) = (Receiving, new FlushBatch(Context));
        _ = _flushing.FlushAsync();
    }

    private async Task ReadAnswerAsync(DrainStep step)
    {
        try
        {
            if (step.IsSyncPoint)
                await ProveAsync().ConfigureAwait(false);
            else if (step.Removed is { } file)
                await ReadRemovalAsync(step, file).ConfigureAwait(false);
            else if (step.Kept is { } kept)
                await ReconcileAsync(step, kept).ConfigureAwait(false);
            else
                await ReceiveAsync(step).ConfigureAwait(false);
        }
        catch (TentacleException e) when (e.Kind is TentacleErrorKind.Refused or TentacleErrorKind.BadName && !step.IsSyncPoint)
        {
            // What may be the only copy stays for the next run to look at again.
            if (step.Removed is { AtServer: not FileAtServer.Unknown } refused)
                StagingFolder.Discard(refused);
            Context.Progress.Skip(step.Item.Name, e.Message, e.Kind);
        }

        Answered(step);
        EndStep();

        // Before more is asked: what has come is flushed meanwhile.
        if (step.IsSyncPoint)
            await TurnBatchesAsync(isIdle: false).ConfigureAwait(false);
    }
}
