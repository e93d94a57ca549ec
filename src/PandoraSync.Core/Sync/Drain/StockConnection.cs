using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Files;
using PandoraSync.Protocol;
using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Drain;

/// <summary>
/// Takes files from any server, one command at a time, a window at a time: while the disk flushes one window together, the next is
/// received; then the flushed one is moved, and those files are delivered whose deletion the server has confirmed by answering the next
/// command (protocol.md, section 5).
/// </summary>
internal sealed class StockConnection(TentacleClient client, DrainContext context, CancellationToken cancellationToken) : DrainConnection(context)
{
    private FlushBatch _receiving = new(context);
    private FlushBatch _flushing = new(context);
    private StagedFile? _unconfirmed;
    private DrainItem? _current;
    private StagedFile? _moving;

    /// <inheritdoc/>
    protected override async Task WorkAsync()
    {
        do
        {
            await ReceiveWindowAsync().ConfigureAwait(false);
            _ = _receiving.FlushAsync();
            await WaitForFlushAsync(_flushing).ConfigureAwait(false);
            (_flushing, _receiving) = (_receiving, new FlushBatch(Context));
        }
        while (_flushing.Files.Count > 0);

        await ConfirmLastAsync().ConfigureAwait(false);
        await client.QuitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Receives until the window is full or nothing is left.</summary>
    private async Task ReceiveWindowAsync()
    {
        while (!_receiving.IsFull && Context.Queue.Take() is { } item)
        {
            _current = item;
            var staged = item.Staged switch
            {
                null => await ReceiveAsync(item).ConfigureAwait(false),
                { NeedsMove: true, MayBeMoved: true } kept => await ReconcileOrSkipAsync(kept).ConfigureAwait(false),
                var kept => kept,
            };
            if (staged is not null)
                _receiving.Add(staged);
            _current = null;
        }
    }

    /// <summary>Brings every file of a window to its end.</summary>
    private async Task WaitForFlushAsync(FlushBatch window)
    {
        await window.FlushAsync().ConfigureAwait(false);

        // Those that came by MV need only one more answer; that of the first move of the others will do.
        foreach (var taken in window.Files.FindAll(f => !f.NeedsMove))
        {
            Confirm();
            _unconfirmed = taken;
        }

        window.Files.RemoveAll(f => !f.NeedsMove);
        while (window.Files.Count > 0)
        {
            _moving = window.Files[0];
            await MoveAsync(_moving).ConfigureAwait(false);
            window.Files.RemoveAt(0);
            _moving = null;
        }

        await DeliveryQueue.DeliverAsync().ConfigureAwait(false);
    }

    /// <summary>Receives a copy (or, in fast delivery, the file itself).</summary>
    /// <returns>Null if there is nothing to stage: it vanished or was refused.</returns>
    private async Task<StagedFile?> ReceiveAsync(DrainItem item)
    {
        var verb = Context.Options.Delivery == SyncDelivery.Fast && StagingFolder.CanKeepMoved(item.Name) ? TentacleVerb.Mv : TentacleVerb.Recv;
        FileStream? part = null;
        using var claim = Context.Staging.Space.Begin();
        using var hash = verb == TentacleVerb.Mv ? new ContentHash() : null;
        try
        {
            var size = await client.TakeAsync(verb, item.Name, Open, bytes => Count(claim, bytes), cancellationToken).ConfigureAwait(false);
            Confirm();
            if (part is null)
            {
                if (size is { } bytes)
                    SkipTooLarge(item.Name, bytes);
                else
                    HandleMissing(item);
                return null;
            }

            var staged = new StagedFile(item.Name, part.Name, size!.Value)
            {
                Content = part,
                Sha256 = hash?.Complete(),
                NeedsMove = verb == TentacleVerb.Recv && Context.Options.Delivery != SyncDelivery.Keep,
                MayBeMoved = verb == TentacleVerb.Mv,
                Attempts = item.Attempts,
            };
            if (verb == TentacleVerb.Mv)
                Context.Staging.KeepMoved(staged);
            return staged;
        }
        catch (TentacleException e) when (e.Kind is TentacleErrorKind.Refused or TentacleErrorKind.BadName)
        {
            Confirm();
            Context.Tally.Skip(item.Name, e.Message, e.Kind);
            return null;
        }
        catch
        {
            StagingFolder.Discard(part);
            if (part is not null && verb == TentacleVerb.Mv)
                _current = item with { WasInterrupted = true };
            throw;
        }

        Stream? Open(long size)
        {
            if (IsTooLarge(size))
                return null;
            part = _receiving.CreatePart(claim, size);
            return hash is null ? part : new FeedStream(bytes =>
            {
                part.Write(bytes.Array!, bytes.Offset, bytes.Count);
                hash.Add(bytes);
            });
        }
    }

    private async Task<StagedFile?> ReconcileOrSkipAsync(StagedFile file)
    {
        try
        {
            return await ReconcileAsync(file).ConfigureAwait(false);
        }
        catch (TentacleException e) when (e.Kind == TentacleErrorKind.Refused)
        {
            // What is kept here may be the only copy; the next run looks again.
            Confirm();
            Context.Tally.Skip(file.Name, e.Message, e.Kind);
            return null;
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            SkipUnreadable(file, e);
            return null;
        }
    }

    /// <summary>
    /// Finds out what became of a file that the server may have been told to move, before the line or the run broke. By copying: what the
    /// server has under the name now may be another file, and is not to be moved before there is a copy of that too.
    /// </summary>
    /// <returns>The file; null if it has been delivered, and what the server has now is to be taken as a file of its own.</returns>
    private async Task<StagedFile?> ReconcileAsync(StagedFile file)
    {
        var (size, other, isContinuation) = await CompareAsync(TentacleVerb.Recv, file, (f, announced) => announced <= f.Length || !IsTooLarge(announced)).ConfigureAwait(false);
        if (size is null)
        {
            // Gone there, so it is ours to deliver.
            file.NeedsMove = false;
            return file;
        }

        if (size > file.Length && IsTooLarge(size.Value))
        {
            // Perhaps it only grew, and perhaps what is kept is the only copy of its content: it stays until somebody raises the limit.
            SkipTooLarge(file.Name, size.Value);
            return null;
        }

        if (file.Newer is { } fromBrokenMove)
            StagingFolder.Discard(fromBrokenMove);
        file.Newer = null;
        file.MayBeMoved = false;
        if (other is null)
            return file;
        StagingFolder.Discard(other);
        Context.Queue.Return(new DrainItem(file.Name));
        if (isContinuation)
        {
            StagingFolder.Discard(file);
            return null;
        }

        await Context.Staging.FlushAsync([file]).ConfigureAwait(false);
        _current = null;
        DeliveryQueue.Add(file);
        await DeliveryQueue.DeliverAsync().ConfigureAwait(false);
        return null;
    }

    /// <summary>Receives a file beside one that is kept.</summary>
    /// <param name="verb">RECV or MV.</param>
    /// <param name="file">The kept one.</param>
    /// <param name="accept">Told the announced size, whether to receive it.</param>
    /// <returns>The announced size, or null if the server has no such file; the new content if it is another; and whether it begins with the kept one.</returns>
    private async Task<(long? Size, StagedFile? Other, bool IsContinuation)> CompareAsync(TentacleVerb verb, StagedFile file, Func<StagedFile, long, bool> accept)
    {
        using var kept = StagingFolder.Read(file.Path);
        var announced = 0L;
        using var claim = Context.Staging.Space.Begin();
        using var compare = new ComparingStream(kept, () => Context.Staging.CreatePart(claim, announced));
        var isAccepted = false;
        var size = await client.TakeAsync(verb, file.Name, s => (isAccepted = accept(file, announced = s)) ? compare : null, claim.Fill, cancellationToken).ConfigureAwait(false);
        Confirm();
        if (!isAccepted || compare.Complete() is not { } other)
            return (size, null, false);
        return (size, new StagedFile(file.Name, other.Name, other.Length) { Content = compare.TakeOther(), MayBeMoved = verb == TentacleVerb.Mv }, compare.KeptIsBeginning);
    }

    /// <summary>Has the server move a file that is whole and flushed here, and compares what comes with what is kept.</summary>
    private async Task MoveAsync(StagedFile file)
    {
        long? size;
        StagedFile? other;
        bool isContinuation;
        try
        {
            (size, other, isContinuation) = await CompareAsync(TentacleVerb.Mv, file, Accept).ConfigureAwait(false);
        }
        catch (TentacleException e) when (e.Kind == TentacleErrorKind.Refused)
        {
            Confirm();
            SkipRefused(file, e);
            return;
        }

        if (size is null)
        {
            // Never told to move it, the server has no such file any more: whoever took it has it.
            StagingFolder.Discard(file);
            Context.Tally.RecordMissing(file.Name);
        }
        else if (!file.MayBeMoved)
        {
            StagingFolder.Discard(file);
            Retry(new DrainItem(file.Name, Attempts: file.Attempts), $"'{file.Name}' changed from {file.Length} to {size} bytes while it was taken", TentacleErrorKind.Changed);
        }
        else
        {
            if (other is not null)
                await KeepNewerAsync(file, other, isContinuation).ConfigureAwait(false);
            _unconfirmed = file;
        }
    }

    /// <summary>The server keeps the file, for example because another client is moving it.</summary>
    private void SkipRefused(StagedFile file, TentacleException refusal)
    {
        StagingFolder.Discard(file);
        Context.Tally.Skip(file.Name, refusal.Message, refusal.Kind);
    }

    /// <summary>Whether to take what the server announces: not if it is still changing.</summary>
    private static bool Accept(StagedFile file, long announced) => file.MayBeMoved = announced == file.Length;

    /// <summary>The server has answered again, so it has deleted what it was told to move before.</summary>
    private void Confirm()
    {
        Context.Tally.Answered();
        if (_unconfirmed is not { } file)
            return;
        _unconfirmed = null;
        DeliveryQueue.Add(file);
    }

    /// <summary>QUIT has no answer: an end of the connection behind it does not show that the server has heard it.</summary>
    private async Task ConfirmLastAsync()
    {
        if (_unconfirmed is null)
            return;
        await client.ProbeAsync(cancellationToken).ConfigureAwait(false);
        Confirm();
    }

    /// <inheritdoc/>
    protected override async Task RequeueAsync(Exception error)
    {
        if (_current is { } current)
            Retry(current, error);
        if (_moving is { } moving && _flushing.Files.Remove(moving))
            RequeueAfter(moving, error);
        foreach (var window in new[] { _flushing, _receiving })
            await RequeueAsync(window).ConfigureAwait(false);
        if (_unconfirmed is { } moved)
            Requeue(moved);
    }
}
