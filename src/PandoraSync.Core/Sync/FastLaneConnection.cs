using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Files;
using PandoraSync.Protocol;

namespace PandoraSync.Sync;

/// <summary>
/// Takes files from a server with the fast lane (protocol.md, section 9): while some are received, others are flushed, and others are
/// deleted at the server by their content. Both deliveries do the same here, since the fast one's risk gains nothing.
/// </summary>
internal sealed class FastLaneConnection(TentacleClient client, DrainContext context, CancellationToken cancellationToken) : DrainConnection(context)
{
    // A flush costs about as much for a hundred files as for one.
    private const int FewestToFlush = 128;

    private readonly TentaclePipeline _pipeline = client.BeginPipeline(cancellationToken);
    private readonly Queue<FastLaneStep> _underWay = new();
    private readonly Queue<FastLaneStep> _next = new();
    private readonly ContentHash _hash = new();
    private DrainWindow _receiving = new(context.Staging);
    private DrainWindow _flushing = new(context.Staging);

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
                if (_pipeline.IsLow)
                    AskMore();
                await TurnWindowsAsync(isIdle: _underWay.Count == 0).ConfigureAwait(false);
                if (_underWay.Count > 0)
                    await ReadAnswerAsync().ConfigureAwait(false);
            }
            while (_underWay.Count > 0 || _next.Count > 0 || _receiving.Files.Count > 0 || _flushing.Files.Count > 0 || !Context.Queue.IsEmpty);
        }

        // All that matters has been answered.
        await client.LeaveAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task GiveBackAsync(Exception error)
    {
        var isFirst = true;
        foreach (var step in _underWay)
        {
            if ((step.Deleted ?? step.Kept) is { } staged)
                GiveBack(staged);
            else if (isFirst)
                Retry(step.Item, error);
            else
                Context.Queue.Return(step.Item);
            isFirst = false;
        }

        foreach (var step in _next)
            GiveBack((step.Deleted ?? step.Kept)!);
        await GiveBackAsync(_flushing).ConfigureAwait(false);
        await GiveBackAsync(_receiving).ConfigureAwait(false);
    }

    /// <summary>Asks for as much as may be under way.</summary>
    private void AskMore()
    {
        while (!_pipeline.IsFull && NextStep() is { } step)
        {
            _underWay.Enqueue(step);
            if (step.Deleted is not { } file)
            {
                _pipeline.Receive(step.Item.Name);
                continue;
            }

            file.Sha256 ??= HashOf(file);
            file.MayBeMoved = true;
            _pipeline.Delete(file.Name, file.Sha256);
        }

        _pipeline.Send();
    }

    private FastLaneStep? NextStep()
    {
        if (_next.Count > 0)
            return _next.Dequeue();
        while (!_receiving.IsFull && Context.Queue.Take() is { } item)
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
        if (isIdle || (Deliveries.IsReady && Deliveries.Waiting.Count >= FewestToFlush))
            await Deliveries.DeliverAsync().ConfigureAwait(false);
        var flushed = _flushing.MakeWholeAsync();
        if (!flushed.IsCompleted && !isIdle && !_receiving.IsFull)
            return;
        await flushed.ConfigureAwait(false);
        foreach (var file in _flushing.Files)
        {
            if (file.NeedsMove)
                _next.Enqueue(new FastLaneStep(new DrainItem(file.Name, Attempts: file.Attempts), file, file.MayBeMoved));
            else
                Deliveries.Add(file);
        }

        _flushing.Files.Clear();
        if (!isIdle && !_receiving.IsFull && _receiving.Files.Count < FewestToFlush)
            return;
        (_flushing, _receiving) = (_receiving, new DrainWindow(Context.Staging));
        _ = _flushing.MakeWholeAsync();
    }

    private async Task ReadAnswerAsync()
    {
        var step = _underWay.Peek();
        try
        {
            if (step.Deleted is { } file)
                Settle(step, file, await _pipeline.ReadDeletionAsync(file.Name, file.Length).ConfigureAwait(false));
            else
                await ReceiveAsync(step).ConfigureAwait(false);
        }
        catch (TentacleException e) when (e.Kind == TentacleErrorKind.Refused)
        {
            // What may be the only copy stays for the next run to look at again.
            if (step is { Deleted: { } refused, MayHaveBeenMoved: false })
                StagingFolder.Discard(refused);
            Context.Tally.Leave(step.Item.Name, e.Message, e.Kind);
        }

        _underWay.Dequeue();
        Context.Tally.Answered();
    }

    /// <summary>Reads a content that was asked for.</summary>
    private async Task ReceiveAsync(FastLaneStep step)
    {
        FileStream? part = null;
        var announced = 0L;
        try
        {
            if (await _pipeline.ReadFileAsync(step.Item.Name, Open, Context.Tally.Content).ConfigureAwait(false) is not { } size)
            {
                NoteGone(step);
                return;
            }

            part!.Dispose();
            if (step.Kept is { } kept)
                SettleKept(kept, part.Name);
            _receiving.Add(new StagedFile(step.Item.Name, part.Name, size)
            {
                NeedsMove = IsTaken,
                Sha256 = IsTaken ? _hash.Complete() : null,
                Attempts = step.Item.Attempts,
            });
        }
        catch
        {
            part?.Dispose();
            if (part is not null)
                StagingFolder.Discard(new StagedFile(step.Item.Name, part.Name, length: 0));
            throw;
        }
        finally
        {
            Context.Incoming.Announce(-announced);
        }

        Stream Open(long size)
        {
            part = Context.Staging.CreatePart(size);
            Context.Incoming.Announce(announced = size);
            return new FeedStream(bytes =>
            {
                part.Write(bytes.Array!, bytes.Offset, bytes.Count);
                if (IsTaken)
                    _hash.Add(bytes);
            });
        }
    }

    private void NoteGone(FastLaneStep step)
    {
        if (step.Kept is { } kept)
            Deliveries.Add(kept);
        else
            NoteMissing(step.Item);
    }

    /// <summary>An older copy is delivered as well, unless the newer content begins with all of it.</summary>
    private void SettleKept(StagedFile kept, string newer)
    {
        using (var old = StagingFolder.Read(kept.Path))
        using (var content = StagingFolder.Read(newer))
        using (var compare = new ComparingStream(old))
        {
            content.CopyTo(compare);
            compare.Complete();
            if (!compare.KeptIsBeginning)
            {
                Deliveries.Add(kept);
                return;
            }
        }

        StagingFolder.Discard(kept);
    }

    /// <summary>The server has been told to delete a file.</summary>
    private void Settle(FastLaneStep step, StagedFile file, DeletionOutcome outcome)
    {
        if (outcome == DeletionOutcome.Deleted || (outcome == DeletionOutcome.Missing && step.MayHaveBeenMoved))
        {
            Deliveries.Add(file);
        }
        else if (outcome == DeletionOutcome.OtherContent && step.MayHaveBeenMoved)
        {
            _next.Enqueue(new FastLaneStep(step.Item, Kept: file));
        }
        else
        {
            StagingFolder.Discard(file);
            if (outcome == DeletionOutcome.Missing)
                Context.Tally.Vanished(file.Name);
            else
                Retry(step.Item, $"'{file.Name}' changed while it was taken", TentacleErrorKind.Changed);
        }
    }

    private static string HashOf(StagedFile file)
    {
        using var content = StagingFolder.Read(file.Path);
        return ContentHash.Of(content);
    }
}
