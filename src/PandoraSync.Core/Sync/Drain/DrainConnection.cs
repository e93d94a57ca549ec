using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
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
internal abstract class DrainConnection(DrainContext context)
{
    /// <summary>So that what comes over a slow line is removed and delivered soon after it has come.</summary>
    protected const long MostBytesUnderWay = 16 * 1024 * 1024;

    // A flush costs about as much for a hundred files as for one.
    private const int FewestToFlush = 128;
    private const long PresumedBytes = 16 * 1024;
    private const int FewestUnderWay = 16;
    private static readonly TimeSpan LongestUndelivered = TimeSpan.FromSeconds(1);

    private readonly Stopwatch _sinceDelivery = Stopwatch.StartNew();
    private FlushBatch _flushing = new(context);
    private long _files;
    private long _bytes;

    /// <summary>Files brought to their end over this connection.</summary>
    public int Progress => Deliveries.Count;

    /// <summary>True if a file is to blame for the connection's end, as when a stock server cannot open it: the site may be all right.</summary>
    public bool EndedByFile => Outcomes.IsFileToBlame;

    /// <summary>What the connections of this site share.</summary>
    protected DrainContext Context { get; } = context;

    /// <summary>What becomes of files that cannot be taken.</summary>
    protected FileOutcomes Outcomes { get; } = new(context);

    /// <summary>Where files go that the server has let go of.</summary>
    protected DeliveryQueue Deliveries { get; } = new(context);

    /// <summary>What was asked and is not answered yet, in order.</summary>
    protected Queue<DrainStep> UnderWay { get; } = new();

    /// <summary>What was answered, as long as a later answer is to prove it.</summary>
    protected Queue<DrainStep> Unproven { get; } = new();

    /// <summary>What is to be asked before anything new.</summary>
    protected Queue<DrainStep> Next { get; } = new();

    /// <summary>What was received and is to be flushed next.</summary>
    protected FlushBatch Receiving { get; private set; } = new(context);

    /// <summary>Contents that were asked for and have not come yet.</summary>
    protected int ReceivesUnderWay { get; private set; }

    /// <summary>Most contents that may be under way, by how long they have been so far.</summary>
    protected long MostReceives => Math.Max(FewestUnderWay, MostBytesUnderWay / Math.Max(1, _files == 0 ? PresumedBytes : _bytes / _files));

    /// <summary>True if nothing is left that this connection may take.</summary>
    protected virtual bool IsQueueEmpty => Context.Queue.IsEmpty;

    /// <summary>True if nothing is left to ask or to flush.</summary>
    protected bool HasNothingToAsk => UnderWay.Count == 0 && Next.Count == 0 && Receiving.Files.Count == 0 && _flushing.Files.Count == 0 && IsQueueEmpty;

    /// <summary>True while nothing that was received may leave its batch.</summary>
    protected virtual bool HoldsReceived => false;

    /// <summary>True if what was answered is to be proven before more is asked.</summary>
    protected virtual bool IsTimeToProve => false;

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
            await Outcomes.TryAsync(Deliveries.WaitForFlushAsync()).ConfigureAwait(false);
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

    /// <summary>Reads the answer to a step, and does what it says.</summary>
    protected abstract Task ReadAnswerAsync(DrainStep step);

    /// <summary>Reads a content that was asked for.</summary>
    /// <param name="verb">RECV or MV.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="open">Told the announced size, gives the stream to write to, or null to decline.</param>
    /// <param name="received">Told the number of bytes of each piece.</param>
    /// <returns>The announced size, taken or declined; null if the server has no such file.</returns>
    protected abstract Task<long?> TakeContentAsync(TentacleVerb verb, string name, Func<long, Stream?> open, Action<int> received);

    /// <summary>Declines a file that is too large.</summary>
    /// <returns>Null, where the server then keeps its content to itself.</returns>
    protected abstract Stream? Decline(DrainStep step, long size);

    /// <summary>Asks for what proves the answers so far.</summary>
    protected virtual Task ProveAsync() => Task.CompletedTask;

    /// <summary>Adds a content to a digest while it passes, where the dialect removes files by it.</summary>
    protected virtual Stream Hashing(Stream destination) => destination;

    /// <summary>Ends that digest.</summary>
    protected virtual string? CompleteHash() => null;

    /// <summary>True if a step can be asked; otherwise its file has been seen to.</summary>
    protected virtual bool IsReady(DrainStep step) => true;

    /// <summary>Takes the next file from the queue.</summary>
    protected virtual DrainItem? TakeItem() => Context.Queue.Take();

    /// <summary>The step by which a file begins; null if there is nothing to ask yet, since its copy is to be flushed first.</summary>
    protected virtual DrainStep? Begin(DrainItem item)
    {
        if (item.Staged is null)
            return new DrainStep(item);
        Receiving.Add(item.Staged);
        return null;
    }

    /// <summary>Does the work.</summary>
    protected virtual async Task WorkAsync()
    {
        do
        {
            AskMore();
            await TurnWindowsAsync(isIdle: UnderWay.Count == 0).ConfigureAwait(false);
            if (UnderWay.Count > 0)
            {
                await ReadAnswerAsync(UnderWay.Peek()).ConfigureAwait(false);
                EndStep();
            }

            if (IsTimeToProve)
            {
                await ProveAsync().ConfigureAwait(false);
                ConfirmUnproven();
            }
        }
        while (!HasNothingToAsk || Unproven.Count > 0);

        await Receiving.FlushAsync().ConfigureAwait(false);
    }

    /// <summary>The next thing to ask; it is under way from now on.</summary>
    /// <param name="mayReceive">Whether that may be a content.</param>
    /// <returns>Null if there is nothing.</returns>
    protected DrainStep? BeginNext(bool mayReceive)
    {
        DrainStep? step = null;
        while (step is null && Next.Count > 0)
            step = IsReady(Next.Peek()) ? Next.Dequeue() : SkipNext();
        while (step is null && mayReceive && !Receiving.IsFull && TakeItem() is { } item)
            step = Begin(item);
        if (step is null)
            return null;
        UnderWay.Enqueue(step);
        ReceivesUnderWay += step.Removed is null ? 1 : 0;
        return step;

        DrainStep? SkipNext()
        {
            Next.Dequeue();
            return null;
        }
    }

    /// <summary>The step that was answered is no longer under way.</summary>
    protected void EndStep() => ReceivesUnderWay -= UnderWay.Dequeue().Removed is null ? 1 : 0;

    /// <summary>A later answer has proven what was answered before.</summary>
    protected void ConfirmUnproven()
    {
        while (Unproven.Count > 0)
        {
            if (Unproven.Dequeue().Removed is { } removed)
                Deliveries.Add(removed);
        }
    }

    /// <summary>Takes a content: a new one, or one that is compared with an older copy.</summary>
    protected Task TakeAsync(DrainStep step) => step.Kept is { } kept ? ReconcileAsync(step, kept) : ReceiveAsync(step);

    /// <summary>
    /// Reads a file that is to be removed if it equals our copy. Where the server has been told to go on before anybody knew what it has now,
    /// other content is received and kept too: it may be all that is left of it, so that it may use the disk's reserve.
    /// </summary>
    /// <param name="file">Our copy.</param>
    /// <param name="accept">Told the announced size, whether to take it.</param>
    /// <returns>The announced size; null if the server has no such file.</returns>
    protected async Task<long?> CompareRemovedAsync(StagedFile file, Func<long, bool> accept)
    {
        var (size, _, newer, isContinuation) = await CompareAsync(TentacleVerb.Mv, file, accept, (claim, bytes) => bytes <= MostBytesUnderWay ? Context.Staging.CreatePart() : Context.Staging.CreatePart(claim, bytes)).ConfigureAwait(false);
        if (newer is null)
            return size;
        await Context.Staging.FlushAsync([newer]).ConfigureAwait(false);
        file.Newer = newer;
        file.IsSuperseded = isContinuation;
        Context.Tally.LogVerbose($"'{file.Name}' had other content when it was moved; {(isContinuation ? "the longer one is kept" : "both are kept")}");
        return size;
    }

    /// <summary>After a failure: what is whole waits to be removed or delivered, what is not is asked for again.</summary>
    /// <param name="error">The failure.</param>
    protected virtual async Task RequeueAsync(Exception error)
    {
        foreach (var step in Unproven)
            RequeueUnproven(step);
        var isFirst = !EndedByFile;
        foreach (var step in UnderWay)
        {
            Outcomes.Requeue(step, isFirst ? error : null);
            isFirst = false;
        }

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

    /// <summary>Gives back the files of a window, after the disk has saved what it could: ours may be the only copies.</summary>
    private async Task RequeueAsync(FlushBatch window)
    {
        await Outcomes.TryAsync(window.FlushAsync()).ConfigureAwait(false);
        foreach (var file in window.Files)
        {
            // A copy that is not on disk is of no use, unless it is the only one.
            var isKept = file.IsDurable || file.MayBeOnlyCopy;
            if (!isKept)
                StagingFolder.Discard(file);
            Outcomes.Requeue(file, isKept);
        }
    }

    /// <summary>Has the removal asked for of what is flushed, and then the next window flushed.</summary>
    /// <param name="isIdle">True if there is nothing to do but to wait for the disk.</param>
    private async Task TurnWindowsAsync(bool isIdle)
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
                Next.Enqueue(new DrainStep(new DrainItem(file.Name, Attempts: file.Attempts), file));
        }

        _flushing.Files.Clear();
        if (HoldsReceived || (!isIdle && !Receiving.IsFull && Receiving.Files.Count < FewestToFlush))
            return;
        (_flushing, Receiving) = (Receiving, new FlushBatch(Context));
        _ = _flushing.FlushAsync();
    }

    private async Task ReceiveAsync(DrainStep step)
    {
        FileStream? part = null;
        using var claim = Context.Staging.Space.Begin();
        try
        {
            var size = await TakeContentAsync(TentacleVerb.Recv, step.Item.Name, Open, Count).ConfigureAwait(false);
            if (part is not null)
                Add(step, new StagedFile(step.Item.Name, part.Name, size!.Value) { Content = part, Sha256 = CompleteHash(), Attempts = step.Item.Attempts });
            else if (size is { } bytes)
                Outcomes.SkipTooLarge(step.Item.Name, bytes);
            else
                Context.Tally.RecordMissing(step.Item.Name);
        }
        catch
        {
            StagingFolder.Discard(part);
            throw;
        }

        Stream? Open(long size)
        {
            if (Outcomes.IsTooLarge(size))
                return Decline(step, size);
            part = Receiving.CreatePart(claim, size);
            return Hashing(part);
        }

        void Count(int bytes)
        {
            Context.Tally.Content(bytes);
            claim.Fill(bytes);
        }
    }

    private void Add(DrainStep step, StagedFile received)
    {
        _files++;
        _bytes += received.Length;
        step.Received = received;
        Receiving.Add(received);
    }

    /// <summary>
    /// Finds out what became of a file that the server may have been told to remove, before the line or the run broke. By copying: what the
    /// server has under the name now may be another file, and is not to be removed before there is a copy of that too.
    /// </summary>
    private async Task ReconcileAsync(DrainStep step, StagedFile kept)
    {
        var (size, isTaken, other, isContinuation) = await CompareAsync(TentacleVerb.Recv, kept, bytes => bytes <= kept.Length || !Outcomes.IsTooLarge(bytes) || Decline(step, bytes) is not null, Receiving.CreatePart).ConfigureAwait(false);
        if (size is null)
        {
            // Gone there, so it is ours to deliver.
            kept.ConfirmRemoval();
            Receiving.Add(kept);
            return;
        }

        if (!isTaken)
        {
            // Perhaps it only grew, and perhaps what is kept is the only copy of its content: it stays until somebody raises the limit.
            Outcomes.SkipTooLarge(kept.Name, size.Value);
            return;
        }

        if (kept.Newer is { } fromBrokenMove)
            StagingFolder.Discard(fromBrokenMove);
        kept.Newer = null;
        if (other is null)
        {
            kept.FindAtServer();
            Receiving.Add(kept);
            return;
        }

        Add(step, other);
        await DeliverOlderAsync(step, kept, isContinuation).ConfigureAwait(false);
    }

    /// <summary>An older copy is delivered as well, unless the newer content begins with all of it. At once: the newer one needs the name among what is whole.</summary>
    private async Task DeliverOlderAsync(DrainStep step, StagedFile kept, bool isContinuation)
    {
        if (!isContinuation)
            await Context.Staging.FlushAsync([kept]).ConfigureAwait(false);
        step.Kept = null;
        if (isContinuation)
        {
            StagingFolder.Discard(kept);
            return;
        }

        Deliveries.Add(kept);
        await Deliveries.DeliverAsync().ConfigureAwait(false);
    }

    /// <summary>Takes a content beside a copy that is kept.</summary>
    /// <returns>The announced size, or null if the server has no such file; whether it was taken; the new content if it is another; and whether it begins with the kept one.</returns>
    private async Task<(long? Size, bool IsTaken, StagedFile? Other, bool IsContinuation)> CompareAsync(TentacleVerb verb, StagedFile file, Func<long, bool> accept, Func<SpaceClaim, long, FileStream> createPart)
    {
        using var kept = StagingFolder.Read(file.Path);
        using var claim = Context.Staging.Space.Begin();
        var (announced, isTaken) = (0L, false);
        using var compare = new ComparingStream(kept, () => createPart(claim, announced));
        var size = await TakeContentAsync(verb, file.Name, Open, claim.Fill).ConfigureAwait(false);
        var digest = isTaken ? CompleteHash() : null;
        if (!isTaken || compare.Complete() is not { } other)
            return (size, isTaken, null, false);
        var atServer = verb == TentacleVerb.Mv ? FileAtServer.RemovalAsked : FileAtServer.Present;
        return (size, true, new StagedFile(file.Name, other.Name, other.Length, atServer: atServer) { Content = compare.TakeOther(), Sha256 = digest, Attempts = file.Attempts }, compare.KeptIsBeginning);

        Stream? Open(long bytes)
        {
            announced = bytes;
            isTaken = accept(bytes);
            return isTaken ? Hashing(compare) : null;
        }
    }
}
