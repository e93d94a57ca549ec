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
/// Takes files from a server with the fast lane (protocol.md, section 9): while some are received, others are flushed, and others are
/// deleted at the server by their content. Both deliveries do the same here, since the fast one's risk gains nothing.
/// </summary>
internal sealed class FastLaneConnection(TentacleClient client, DrainContext context, CancellationToken cancellationToken) : DrainConnection(context)
{
    // A flush costs about as much for a hundred files as for one.
    private const int FewestToFlush = 128;

    // So that what comes over a slow line is deleted and delivered soon after it has come.
    private const long MostBytesUnderWay = 16 * 1024 * 1024;
    private const long PresumedBytes = 16 * 1024;
    private const int FewestUnderWay = 16;
    private static readonly TimeSpan LongestUndelivered = TimeSpan.FromSeconds(1);

    private readonly TentaclePipeline _pipeline = client.BeginPipeline(cancellationToken);
    private readonly Queue<FastLaneStep> _underWay = new();
    private readonly Queue<FastLaneStep> _next = new();
    private readonly ContentHash _hash = new();
    private FlushBatch _receiving = new(context);
    private FlushBatch _flushing = new(context);
    private readonly Stopwatch _sinceDelivery = Stopwatch.StartNew();

    // An older copy that has been seen to, although its step is still under way.
    private StagedFile? _resolved;
    private int _receivesUnderWay;
    private long _files;
    private long _bytes;

    /// <summary>False if the server keeps the files.</summary>
    private bool IsTaken => Context.Options.Delivery != SyncDelivery.Keep;

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
            }
            while (_underWay.Count > 0 || _next.Count > 0 || _receiving.Files.Count > 0 || _flushing.Files.Count > 0 || !Context.Queue.IsEmpty);

            await _pipeline.CompleteAsync().ConfigureAwait(false);
        }

        await client.LeaveAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task RequeueAsync(Exception error)
    {
        var isFirst = !EndedByFile;
        foreach (var step in _underWay)
        {
            var staged = step.Deleted ?? step.Kept;
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
            Requeue((step.Deleted ?? step.Kept)!);
        await RequeueAsync(_flushing).ConfigureAwait(false);
        await RequeueAsync(_receiving).ConfigureAwait(false);
    }

    /// <summary>Asks for as much as may be under way: deletions at once, contents many at a time.</summary>
    private void AskMore()
    {
        var isTimeToReceive = _pipeline.IsLow && _receivesUnderWay <= MostReceives / 2;
        if (_next.Count == 0 && !isTimeToReceive)
            return;
        while (!_pipeline.IsFull && NextStep(isTimeToReceive) is { } step)
        {
            _underWay.Enqueue(step);
            if (step.Deleted is { Sha256: { } digest } file)
            {
                file.MayBeMoved = true;
                _pipeline.Delete(file.Name, digest);
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
    private long MostReceives => Math.Max(FewestUnderWay, MostBytesUnderWay / Math.Max(1, _files == 0 ? PresumedBytes : _bytes / _files));

    private FastLaneStep? NextStep(bool mayReceive)
    {
        while (_next.Count > 0)
        {
            var step = _next.Dequeue();
            if (step.Deleted is not { Sha256: null } file || TryHash(file))
                return step;
        }

        while (mayReceive && _receivesUnderWay < MostReceives && !_receiving.IsFull && Context.Queue.Take() is { } item)
        {
            if (item.Staged is null)
                return new FastLaneStep(item);
            _receiving.Add(item.Staged);
        }

        return null;
    }

    /// <summary>Has the deletion asked for of what is flushed, and then the next window flushed.</summary>
    /// <param name="isIdle">True if there is nothing to do but to wait for the disk.</param>
    private async Task TurnWindowsAsync(bool isIdle)
    {
        if (isIdle || (DeliveryQueue.IsReady && (DeliveryQueue.Pending >= FewestToFlush || _sinceDelivery.Elapsed >= LongestUndelivered)))
        {
            await DeliveryQueue.DeliverAsync().ConfigureAwait(false);
            _sinceDelivery.Restart();
        }

        var flushed = _flushing.FlushAsync();
        if (!flushed.IsCompleted && !isIdle && !_receiving.IsFull)
            return;
        await flushed.ConfigureAwait(false);
        foreach (var file in _flushing.Files)
        {
            if (file.NeedsMove)
                _next.Enqueue(new FastLaneStep(new DrainItem(file.Name, Attempts: file.Attempts), file, file.MayBeMoved));
            else
                DeliveryQueue.Add(file);
        }

        _flushing.Files.Clear();
        if (!isIdle && !_receiving.IsFull && _receiving.Files.Count < FewestToFlush)
            return;
        (_flushing, _receiving) = (_receiving, new FlushBatch(Context));
        _ = _flushing.FlushAsync();
    }

    private async Task ReadAnswerAsync()
    {
        var step = _underWay.Peek();
        try
        {
            if (step.Deleted is { } file)
                CompleteDeletion(step, file, await _pipeline.ReadDeletionAsync(file.Name, file.Length).ConfigureAwait(false));
            else
                await ReceiveAsync(step).ConfigureAwait(false);
        }
        catch (TentacleException e) when (e.Kind == TentacleErrorKind.Refused)
        {
            // What may be the only copy stays for the next run to look at again.
            if (step is { Deleted: { } refused, MayHaveBeenMoved: false })
                StagingFolder.Discard(refused);
            Context.Tally.Skip(step.Item.Name, e.Message, e.Kind);
        }

        EndStep(step);
    }

    private void EndStep(FastLaneStep step)
    {
        _underWay.Dequeue();
        _receivesUnderWay -= step.Deleted is null ? 1 : 0;
        Context.Tally.Answered();
    }

    /// <summary>Reads a content that was asked for.</summary>
    private async Task ReceiveAsync(FastLaneStep step)
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
            _receiving.Add(new StagedFile(step.Item.Name, part!.Name, size)
            {
                Content = part,
                NeedsMove = IsTaken,
                Sha256 = IsTaken ? _hash.Complete() : null,
                Attempts = step.Item.Attempts,
            });
        }
        catch
        {
            StagingFolder.Discard(part);
            throw;
        }

        Stream Open(long size)
        {
            if (IsTooLarge(size))
                throw Refuse(step, size);
            part = _receiving.CreatePart(claim, size);
            return new FeedStream(bytes =>
            {
                part.Write(bytes.Array!, bytes.Offset, bytes.Count);
                if (IsTaken)
                    _hash.Add(bytes);
            });
        }
    }

    /// <summary>Leaves a file that is too large. Its content comes all the same, and may be without end: only with the connection does it stop.</summary>
    private TentacleException Refuse(FastLaneStep step, long size)
    {
        SkipTooLarge(step.Item.Name, size);

        // What the server has is another content, so that of an older copy is ours to deliver.
        if (step.Kept is { } kept)
            DeliveryQueue.Add(kept);
        EndStep(step);
        EndedByFile = true;
        return new TentacleException(TentacleErrorKind.TooLarge, $"{Context.Site.Name} announced {size} bytes for '{step.Item.Name}', over the limit of {Context.Options.MaxFileBytes}.") { Peer = Context.Site.Name, File = step.Item.Name, Step = "RECV" };
    }

    private void HandleGone(FastLaneStep step)
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
    private void CompleteDeletion(FastLaneStep step, StagedFile file, DeletionOutcome outcome)
    {
        if (outcome == DeletionOutcome.Deleted || (outcome == DeletionOutcome.Missing && step.MayHaveBeenMoved))
        {
            DeliveryQueue.Add(file);
        }
        else if (outcome == DeletionOutcome.OtherContent && step.MayHaveBeenMoved)
        {
            _next.Enqueue(new FastLaneStep(step.Item, Kept: file));
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
