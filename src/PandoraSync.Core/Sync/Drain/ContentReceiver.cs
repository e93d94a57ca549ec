using System;
using System.IO;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Files;
using PandoraSync.Protocol;
using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Drain;

/// <summary>
/// What becomes of contents that come over one connection: new ones are received to be flushed, and what may be on its way out of the server, or
/// already gone, is compared with the copy that is kept, so that other content is never taken for it.
/// </summary>
internal abstract class ContentReceiver(DrainContext context)
{
    /// <summary>So that what comes over a slow line is removed and delivered soon after it has come.</summary>
    protected const long MostBytesUnderWay = 16 * 1024 * 1024;

    private const long PresumedBytes = 16 * 1024;

    private long _files;
    private long _bytes;

    /// <summary>What the connections of this site share.</summary>
    protected DrainContext Context { get; } = context;

    /// <summary>What becomes of files that cannot be taken.</summary>
    protected FileOutcomes Outcomes { get; } = new(context);

    /// <summary>Where files go that the server has let go of.</summary>
    protected DeliveryQueue Deliveries { get; } = new(context);

    /// <summary>What was received and is to be flushed next.</summary>
    protected FlushBatch Receiving { get; set; } = new(context);

    /// <summary>How long a content has been so far.</summary>
    protected long AverageBytes => Math.Max(1, _files == 0 ? PresumedBytes : _bytes / _files);

    /// <summary>Where contents are added up while they pass; null where the dialect does not remove files by their digest.</summary>
    protected virtual ContentHash? Hash => null;

    /// <summary>Reads a content that was asked for.</summary>
    /// <param name="verb">RECV or MV.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="open">Told the announced size, gives the stream to write to, or null to decline.</param>
    /// <param name="received">Told the number of bytes of each piece.</param>
    /// <returns>The announced size, taken or declined; null if the server has no such file.</returns>
    protected abstract Task<long?> TakeContentAsync(TentacleVerb verb, string name, Func<long, Stream?> open, Action<int> received);

    /// <summary>Declines a file that is too large; comes back where the server then keeps its content to itself, and ends the connection where it comes all the same.</summary>
    protected abstract void Decline(DrainStep step, long size);

    /// <summary>True for a content that is taken; one that is too large is declined.</summary>
    /// <param name="step">The question.</param>
    /// <param name="size">Bytes announced.</param>
    /// <param name="inAnyCase">Bytes that are taken whatever the limit.</param>
    protected bool Accepts(DrainStep step, long size, long inAnyCase = 0)
    {
        if (size <= Math.Max(inAnyCase, Context.Options.MaxFileBytes))
            return true;
        Decline(step, size);
        return false;
    }

    /// <summary>
    /// Reads a file that is to be removed if it equals our copy. Where the server has been told to go on before anybody knew what it has now,
    /// other content is received and kept too: it may be all that is left of it, so that it may use the disk's reserve.
    /// </summary>
    /// <param name="step">The question.</param>
    /// <param name="file">Our copy.</param>
    /// <param name="accept">Told the announced size, whether to take it.</param>
    /// <returns>The announced size; null if the server has no such file.</returns>
    protected async Task<long?> CompareRemovedAsync(DrainStep step, StagedFile file, Func<long, bool> accept)
    {
        var (size, _, newer, isContinuation) = await TakeAsync(TentacleVerb.Mv, step, file, accept).ConfigureAwait(false);
        if (newer is null)
            return size;
        await Context.Staging.FlushAsync([newer]).ConfigureAwait(false);
        SettleBrokenMove(file, newer);
        file.Newer = newer;
        file.IsSuperseded = isContinuation;
        Context.Progress.LogVerbose($"'{file.Name}' had other content when it was moved; {(isContinuation ? "the longer one is kept" : "both are kept")}");
        return size;
    }

    /// <summary>Receives a new content, if the server has the file.</summary>
    protected async Task ReceiveAsync(DrainStep step)
    {
        var (size, _, received, _) = await TakeAsync(TentacleVerb.Recv, step, kept: null, bytes => Accepts(step, bytes)).ConfigureAwait(false);
        if (received is not null)
            Add(step, received);
        else if (size is { } bytes)
            Outcomes.SkipTooLarge(step.Item.Name, bytes);
        else
            Context.Progress.RecordMissing(step.Item.Name);
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
    protected virtual async Task ReconcileAsync(DrainStep step, StagedFile kept)
    {
        var (size, isTaken, other, isContinuation) = await TakeAsync(TentacleVerb.Recv, step, kept, bytes => Accepts(step, bytes, kept.Length)).ConfigureAwait(false);
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

        SettleBrokenMove(kept, other);
        if (other is null)
        {
            kept.FindAtServer();
            Receiving.Add(kept);
            return;
        }

        Add(step, other);
        await DeliverOlderAsync(step, kept, isContinuation).ConfigureAwait(false);
    }

    /// <summary>
    /// What a move that broke has brought beside our copy is delivered, since the server may have deleted it, unless this is the same once more.
    /// </summary>
    private void SettleBrokenMove(StagedFile file, StagedFile? received)
    {
        if (file.Newer is not { } before)
            return;
        received?.Content?.Flush();
        if (received is not null && IncomingDirectory.HaveSameContent(received.Path, before.Path))
            StagingFolder.Discard(before);
        else
            Deliveries.Add(before);
        (file.Newer, file.IsSuperseded) = (null, false);
    }

    /// <summary>An older copy is delivered as well, unless the newer content begins with all of it. At once: the newer one needs the name among what is whole.</summary>
    private async Task DeliverOlderAsync(DrainStep step, StagedFile kept, bool isContinuation)
    {
        if (isContinuation)
        {
            step.Kept = null;
            StagingFolder.Discard(kept);
            return;
        }

        await Context.Staging.FlushAsync([kept]).ConfigureAwait(false);
        step.Kept = null;
        Deliveries.Add(kept);
        await Deliveries.DeliverAsync().ConfigureAwait(false);
    }

    /// <summary>Takes a content. Beside a copy that is kept only another one is new.</summary>
    /// <returns>The announced size, or null if the server has no such file; whether it was taken; what is new; and whether that begins with the kept copy.</returns>
    private async Task<(long? Size, bool IsTaken, StagedFile? New, bool IsContinuation)> TakeAsync(TentacleVerb verb, DrainStep step, StagedFile? kept, Func<long, bool> accept)
    {
        using var copy = kept is null ? null : StagingFolder.Read(kept.Path);
        using var claim = new SpaceClaim(Context.Staging.Space);
        var (announced, isTaken, isMoved) = (0L, false, verb == TentacleVerb.Mv);
        using var compare = new ComparingStream(copy, CreatePart);
        var size = await TakeContentAsync(verb, step.Item.Name, Open, Count).ConfigureAwait(false);
        var digest = isTaken ? Hash?.Complete() : null;
        if (!isTaken || compare.Complete() is not { } part)
            return (size, isTaken, null, false);
        return (size, true, new StagedFile(step.Item.Name, part.Name, announced, atServer: isMoved ? FileAtServer.RemovalAsked : FileAtServer.Present) { Content = part, Sha256 = digest, Attempts = step.Item.Attempts }, compare.KeptIsBeginning);

        Stream? Open(long bytes)
        {
            announced = bytes;
            isTaken = accept(bytes);
            if (isTaken && copy is null)
                compare.Differ();
            return isTaken ? Hashing(compare) : null;
        }

        void Count(int bytes)
        {
            claim.Fill(bytes);
            if (copy is null)
                Context.Progress.Content(bytes);
        }

        FileStream CreatePart()
        {
            // What is moved may be all that is left of it: the disk's reserve is there for that.
            if (!isMoved || announced > MostBytesUnderWay)
                claim.Claim(announced);
            return Receiving.CreatePart();
        }
    }

    private Stream Hashing(Stream destination) => Hash is not { } hash ? destination : new FeedStream(bytes =>
    {
        destination.Write(bytes.Array!, bytes.Offset, bytes.Count);
        hash.Add(bytes);
    });
}
