using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Files;
using PandoraSync.Protocol;
using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Drain;

/// <summary>
/// Takes files with many questions under way: while some are received, others are flushed, and others are removed at the server. One with
/// the fast lane (protocol.md, section 9) deletes them by their content; both deliveries do the same there, since the fast one's risk gains
/// nothing. A stock one (section 10) moves them, which is compared with our copies, and is asked a window at a time: what came of a window
/// counts when all of it has been read and one more question has its answer; until then nothing of it is flushed, moved or delivered.
/// </summary>
/// <param name="client">A connection that is in step.</param>
/// <param name="context">What the connections of the site share.</param>
/// <param name="window">How much a stock server is asked for at once; null for one with the fast lane.</param>
/// <param name="cancellationToken">Ends it at once.</param>
internal sealed class AheadConnection(TentacleClient client, DrainContext context, AheadWindow? window, CancellationToken cancellationToken) : DrainConnection(context)
{
    // A flush costs about as much for a hundred files as for one.
    private const int FewestToFlush = 128;

    // So that what comes over a slow line is deleted and delivered soon after it has come.
    private const long MostBytesUnderWay = 16 * 1024 * 1024;
    private const long PresumedBytes = 16 * 1024;
    private const int FewestUnderWay = 16;
    private static readonly TimeSpan LongestUndelivered = TimeSpan.FromSeconds(1);

    private readonly TentaclePipeline _pipeline = client.BeginPipeline(cancellationToken);
    private readonly Queue<AheadStep> _underWay = new();
    private readonly Queue<AheadStep> _unproven = new();
    private readonly Queue<AheadStep> _next = new();
    private readonly ContentHash _hash = new();
    private FlushBatch _receiving = new(context);
    private FlushBatch _flushing = new(context);
    private readonly Stopwatch _sinceDelivery = Stopwatch.StartNew();
    private readonly Stopwatch _sinceAsked = new();

    // An older copy that has been seen to, although its step is still under way.
    private StagedFile? _resolved;
    private int _receivesUnderWay;
    private long _files;
    private long _bytes;

    /// <summary>False if the server keeps the files.</summary>
    private bool IsTaken => Context.Options.Delivery != SyncDelivery.Keep;

    private bool NeedsHash => IsTaken && window is null;

    /// <inheritdoc/>
    protected override async Task WorkAsync()
    {
        using (_hash)
        using (_pipeline)
        {
            do
            {
                AskMore();
                await TurnWindowsAsync(isIdle: _underWay.Count == 0).ConfigureAwait(false);
                if (_underWay.Count > 0)
                    await ReadAnswerAsync().ConfigureAwait(false);
                if (_underWay.Count == 0 && _unproven.Count > 0)
                    await ProveAsync().ConfigureAwait(false);
            }
            while (_underWay.Count > 0 || _next.Count > 0 || _receiving.Files.Count > 0 || _flushing.Files.Count > 0 || !IsQueueEmpty);

            await _pipeline.CompleteAsync().ConfigureAwait(false);
            await _receiving.FlushAsync().ConfigureAwait(false);
        }

        // A stock server goes on to be asked for what is asked for alone.
        if (window is null)
            await client.LeaveAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>True while what was received may not leave its batch.</summary>
    private bool IsUnproven => window is not null && (_underWay.Count > 0 || _unproven.Count > 0);

    private bool IsQueueEmpty => window is null ? Context.Queue.IsEmpty : Context.Queue.IsEmptyAhead;

    /// <inheritdoc/>
    protected override async Task RequeueAsync(Exception error)
    {
        window?.Broke();
        foreach (var step in _unproven)
            RequeueUnproven(step);
        var isFirst = !EndedByFile;
        foreach (var step in _underWay)
        {
            var staged = step.Removed ?? step.Kept;
            switch (staged == _resolved ? null : staged, isFirst)
            {
                case ({ } file, true):
                    RequeueAfter(file, error);
                    break;
                case ({ } file, false):
                    Requeue(file);
                    break;
                case (null, true):
                    Retry(step.Item, error);
                    break;
                default:
                    Context.Queue.Return(step.Item);
                    break;
            }

            isFirst = false;
        }

        foreach (var step in _next)
            Requeue((step.Removed ?? step.Kept)!);
        await RequeueAsync(_flushing).ConfigureAwait(false);
        await RequeueAsync(_receiving).ConfigureAwait(false);
    }

    /// <summary>What a break has left unproven is as if it had never come; what was to be moved may have been.</summary>
    private void RequeueUnproven(AheadStep step)
    {
        if (step.Removed is { } moved)
        {
            Requeue(moved);
            return;
        }

        _receiving.Files.Remove(step.Received!);
        StagingFolder.Discard(step.Received!);
        Context.Queue.Return(step.Item);
    }

    /// <summary>Asks for as much as may be under way: removals at once, contents many at a time; a stock server for a window at a time.</summary>
    private void AskMore()
    {
        var isTimeToReceive = window is null ? _pipeline.IsLow && _receivesUnderWay <= MostReceives / 2 : _underWay.Count == 0;
        if (!isTimeToReceive && (_next.Count == 0 || window is not null))
            return;
        _sinceAsked.Restart();
        var bytesToMove = 0L;
        while (!_pipeline.IsFull && bytesToMove < MostBytesUnderWay && NextStep(isTimeToReceive) is { } step)
        {
            _underWay.Enqueue(step);
            if (step.Removed is { } file)
            {
                file.MayBeMoved = true;
                if (window is null)
                    _pipeline.Delete(file.Name, file.Sha256!);
                else
                    _pipeline.Move(file.Name);
                bytesToMove += window is null ? 0 : file.Length;
            }
            else
            {
                _receivesUnderWay++;
                _pipeline.Receive(step.Item.Name);
            }
        }

        _pipeline.Send();
    }

    /// <summary>Most contents that may be under way, by how long they have been so far.</summary>
    private long MostReceives
    {
        get
        {
            var most = Math.Max(FewestUnderWay, MostBytesUnderWay / Math.Max(1, _files == 0 ? PresumedBytes : _bytes / _files));

            // Before it is proven, nothing of a window leaves the batch.
            return window is null ? most : Math.Min(Math.Min(most, window.Files), _receiving.Room);
        }
    }

    private AheadStep? NextStep(bool mayReceive)
    {
        while (_next.Count > 0)
        {
            var step = _next.Dequeue();
            if (window is not null || step.Removed is not { Sha256: null } file || TryHash(file))
                return step;
        }

        while (mayReceive && _receivesUnderWay < MostReceives && !_receiving.IsFull && (window is null ? Context.Queue.Take() : Context.Queue.TakeAhead()) is { } item)
        {
            if (item.Staged is null)
                return new AheadStep(item);
            _receiving.Add(item.Staged);
        }

        return null;
    }

    /// <summary>All of a window has been read: one more answer in step proves that each was in its place.</summary>
    private async Task ProveAsync()
    {
        await _pipeline.ProveAsync().ConfigureAwait(false);
        window!.Proved(_sinceAsked.Elapsed);
        for (; _unproven.Count > 0; Context.Tally.Answered())
        {
            if (_unproven.Dequeue().Removed is { } moved)
                DeliveryQueue.Add(moved);
        }

        await TurnWindowsAsync(isIdle: false).ConfigureAwait(false);
    }

    /// <summary>Has the removal asked for of what is flushed, and then the next window flushed.</summary>
    /// <param name="isIdle">True if there is nothing to do but to wait for the disk.</param>
    private async Task TurnWindowsAsync(bool isIdle)
    {
        if (isIdle || (DeliveryQueue.IsReady && (DeliveryQueue.Pending >= FewestToFlush || _sinceDelivery.Elapsed >= LongestUndelivered)))
        {
            await DeliveryQueue.DeliverAsync().ConfigureAwait(false);
            _sinceDelivery.Restart();
        }

        var flushed = _flushing.FlushAsync();
        if (!flushed.IsCompleted && !isIdle && (!_receiving.IsFull || IsUnproven))
            return;
        await flushed.ConfigureAwait(false);
        foreach (var file in _flushing.Files)
        {
            if (file.NeedsMove)
                _next.Enqueue(new AheadStep(new DrainItem(file.Name, Attempts: file.Attempts), file, file.MayBeMoved));
            else
                DeliveryQueue.Add(file);
        }

        _flushing.Files.Clear();
        if (IsUnproven)
            return;
        if (!isIdle && !_receiving.IsFull && _receiving.Files.Count < FewestToFlush)
            return;
        (_flushing, _receiving) = (_receiving, new FlushBatch(Context));
        _ = _flushing.FlushAsync();
    }

    private async Task ReadAnswerAsync()
    {
        var step = _underWay.Peek();
        if (window is not null)
        {
            await (step.Removed is { } moved ? CompareMovedAsync(moved) : ReceiveAsync(step)).ConfigureAwait(false);
            _unproven.Enqueue(step);
            EndStep(step);
            return;
        }

        try
        {
            if (step.Removed is { } file)
                CompleteDeletion(step, file, await _pipeline.ReadDeletionAsync(file.Name, file.Length).ConfigureAwait(false));
            else
                await ReceiveAsync(step).ConfigureAwait(false);
        }
        catch (TentacleException e) when (e.Kind == TentacleErrorKind.Refused)
        {
            // What may be the only copy stays for the next run to look at again.
            if (step is { Removed: { } refused, MayHaveBeenMoved: false })
                StagingFolder.Discard(refused);
            Context.Tally.Skip(step.Item.Name, e.Message, e.Kind);
        }

        EndStep(step);
    }

    private void EndStep(AheadStep step)
    {
        _underWay.Dequeue();
        _receivesUnderWay -= step.Removed is null ? 1 : 0;
        if (window is null)
            Context.Tally.Answered();
    }

    /// <summary>Reads a content that was asked for.</summary>
    private async Task ReceiveAsync(AheadStep step)
    {
        FileStream? part = null;
        using var claim = Context.Staging.Space.Begin();
        try
        {
            if (await _pipeline.ReadFileAsync(step.Item.Name, Open, bytes => Count(claim, bytes)).ConfigureAwait(false) is not { } size)
            {
                HandleGone(step);
                return;
            }

            _files++;
            _bytes += size;
            if (step.Kept is { } kept)
                await ResolveKeptAsync(kept, part!.Name).ConfigureAwait(false);
            step.Received = new StagedFile(step.Item.Name, part!.Name, size)
            {
                Content = part,
                NeedsMove = IsTaken,
                Sha256 = NeedsHash ? _hash.Complete() : null,
                Attempts = step.Item.Attempts,
            };
            _receiving.Add(step.Received);
        }
        catch
        {
            StagingFolder.Discard(part);
            throw;
        }

        Stream Open(long size)
        {
            if (IsTooLarge(size))
                throw window is null ? Refuse(step, size) : _pipeline.BreakOff($"announced {size} bytes");
            part = _receiving.CreatePart(claim, size);
            return new FeedStream(bytes =>
            {
                part.Write(bytes.Array!, bytes.Offset, bytes.Count);
                if (NeedsHash)
                    _hash.Add(bytes);
            });
        }
    }

    /// <summary>
    /// Reads a file that was to be moved if it equals our copy. The server has been told to go on before anybody knew what it has now, so
    /// other content is received and kept too.
    /// </summary>
    private async Task CompareMovedAsync(StagedFile file)
    {
        using var kept = StagingFolder.Read(file.Path);
        using var claim = Context.Staging.Space.Begin();
        var announced = 0L;
        var mayHaveLeft = false;
        using var compare = new ComparingStream(kept, () => mayHaveLeft ? Context.Staging.CreatePart() : Context.Staging.CreatePart(claim, announced));
        await _pipeline.ReadFileAsync(TentacleVerb.Mv, file.Name, Open, Fill).ConfigureAwait(false);
        if (compare.Complete() is { } other)
            await KeepNewerAsync(file, new StagedFile(file.Name, other.Name, other.Length) { Content = compare.TakeOther(), MayBeMoved = true }, compare.KeptIsBeginning).ConfigureAwait(false);

        // What the sockets hold may be all that is left of a content that the server has written and deleted: it is taken whatever its size, and may use the reserve.
        Stream Open(long size)
        {
            announced = size;
            mayHaveLeft = size <= MostBytesUnderWay;
            return mayHaveLeft || !IsTooLarge(size) ? compare : throw _pipeline.BreakOff($"announced {size} bytes");
        }

        void Fill(int bytes)
        {
            if (!mayHaveLeft)
                claim.Fill(bytes);
        }
    }

    /// <summary>Leaves a file that is too large. Its content comes all the same, and may be without end: only with the connection does it stop.</summary>
    private TentacleException Refuse(AheadStep step, long size)
    {
        SkipTooLarge(step.Item.Name, size);

        // What the server has is another content, so that of an older copy is ours to deliver.
        if (step.Kept is { } kept)
            DeliveryQueue.Add(kept);
        EndStep(step);
        EndedByFile = true;
        return new TentacleException(TentacleErrorKind.TooLarge, $"{Context.Site.Name} announced {size} bytes for '{step.Item.Name}', over the limit of {Context.Options.MaxFileBytes}.") { Peer = Context.Site.Name, File = step.Item.Name, Step = "RECV" };
    }

    private void HandleGone(AheadStep step)
    {
        if (step.Kept is { } kept)
            DeliveryQueue.Add(kept);
        else
            HandleMissing(step.Item);
    }

    /// <summary>An older copy is delivered as well, unless the newer content begins with all of it.</summary>
    private async Task ResolveKeptAsync(StagedFile kept, string newer)
    {
        _resolved = kept;
        if (IsBeginning(kept, newer))
        {
            StagingFolder.Discard(kept);
            return;
        }

        // At once: the newer content needs the name among what is whole.
        DeliveryQueue.Add(kept);
        await DeliveryQueue.DeliverAsync().ConfigureAwait(false);
    }

    private static bool IsBeginning(StagedFile kept, string newer)
    {
        using var old = StagingFolder.Read(kept.Path);
        using var content = StagingFolder.Read(newer);
        using var compare = new ComparingStream(old);
        content.CopyTo(compare);
        compare.Complete();
        return compare.KeptIsBeginning;
    }

    /// <summary>The server has been told to delete a file.</summary>
    private void CompleteDeletion(AheadStep step, StagedFile file, DeletionOutcome outcome)
    {
        if (outcome == DeletionOutcome.Deleted || (outcome == DeletionOutcome.Missing && step.MayHaveBeenMoved))
        {
            DeliveryQueue.Add(file);
        }
        else if (outcome == DeletionOutcome.OtherContent && step.MayHaveBeenMoved)
        {
            _next.Enqueue(new AheadStep(step.Item, Kept: file));
        }
        else
        {
            StagingFolder.Discard(file);
            if (outcome == DeletionOutcome.Missing)
                Context.Tally.RecordMissing(file.Name);
            else
                Retry(step.Item, $"'{file.Name}' changed while it was taken", TentacleErrorKind.Changed);
        }
    }

    /// <summary>Reads a copy of an earlier run once more; one that cannot be read is named and does not stop the rest.</summary>
    private bool TryHash(StagedFile file)
    {
        try
        {
            using var content = StagingFolder.Read(file.Path);
            file.Sha256 = ContentHash.Of(content);
            return true;
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            SkipUnreadable(file, e);
            return false;
        }
    }
}
