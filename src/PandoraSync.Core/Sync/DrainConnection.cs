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
/// Takes files over one connection, a window at a time: while the disk flushes one window together, the next is received; then the
/// flushed one is moved, and those files are delivered whose deletion the server has confirmed by answering the next command
/// (protocol.md, section 5).
/// </summary>
internal sealed class DrainConnection(TentacleClient client, DrainContext context, CancellationToken cancellationToken)
{
    private const int MostAttempts = 3;

    private readonly List<StagedFile> _confirmed = [];
    private DrainWindow _receiving = new(context.Staging);
    private DrainWindow _flushing = new(context.Staging);
    private Task _delivered = Task.CompletedTask;
    private StagedFile? _unconfirmed;
    private DrainItem? _current;

    /// <summary>Files brought to their end over this connection.</summary>
    public int Progress { get; private set; }

    /// <summary>Works until the queue is empty, then ends the session so that the last deletion is confirmed too.</summary>
    /// <exception cref="TentacleException">The connection or the disk failed; what was under way is back in the queue or staged for the next run.</exception>
    public async Task RunAsync()
    {
        try
        {
            do
            {
                await ReceiveWindowAsync().ConfigureAwait(false);
                _ = _receiving.MakeWholeAsync();
                await SettleAsync(_flushing).ConfigureAwait(false);
                (_flushing, _receiving) = (_receiving, new DrainWindow(context.Staging));
            }
            while (_flushing.Files.Count > 0);

            await ConfirmLastAsync().ConfigureAwait(false);
            await client.QuitAsync(cancellationToken).ConfigureAwait(false);
            await DeliverAsync().ConfigureAwait(false);
            await _delivered.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await GiveBackAsync(e).ConfigureAwait(false);
            var cause = e is TentacleException { Kind: TentacleErrorKind.DiskFull or TentacleErrorKind.LocalFile, InnerException: { } inner } ? inner : e;
            if (LocalFileError.IsFileError(cause))
                throw LocalFileError.Explain(cause, context.Incoming.Path, "store", context.Site.Name);
            throw;
        }
    }

    /// <summary>Receives until the window is full or nothing is left.</summary>
    private async Task ReceiveWindowAsync()
    {
        while (!_receiving.IsFull && context.Queue.Take() is { } item)
        {
            _current = item;
            var staged = item.Staged switch
            {
                null => await ReceiveAsync(item).ConfigureAwait(false),
                { NeedsMove: true, MayBeMoved: true } kept => await LookAgainOrLeaveAsync(kept).ConfigureAwait(false),
                var kept => kept,
            };
            if (staged is not null)
                _receiving.Add(staged);
            _current = null;
        }
    }

    /// <summary>Brings every file of a window to its end.</summary>
    private async Task SettleAsync(DrainWindow window)
    {
        await window.MakeWholeAsync().ConfigureAwait(false);

        // Those that came by MV need only one more answer; that of the first move of the others will do.
        foreach (var taken in window.Files.FindAll(f => !f.NeedsMove))
        {
            Confirm();
            _unconfirmed = taken;
        }

        window.Files.RemoveAll(f => !f.NeedsMove);
        while (window.Files.Count > 0)
        {
            await MoveAsync(window.Files[0]).ConfigureAwait(false);
            window.Files.RemoveAt(0);
        }

        await DeliverAsync().ConfigureAwait(false);
    }

    /// <summary>Receives a copy (or, in fast delivery, the file itself).</summary>
    /// <returns>Null if there is nothing to stage: it vanished or was refused.</returns>
    private async Task<StagedFile?> ReceiveAsync(DrainItem item)
    {
        var verb = context.Options.Delivery == SyncDelivery.Fast ? TentacleVerb.Mv : TentacleVerb.Recv;
        FileStream? part = null;
        try
        {
            var size = await TakeAsync(verb, item.Name, size => part = context.Staging.CreatePart(size), context.Tally.Content).ConfigureAwait(false);
            Confirm();
            if (size is null)
            {
                NoteMissing(item);
                return null;
            }

            part!.Dispose();
            var staged = new StagedFile(item.Name, part.Name, size.Value)
            {
                NeedsMove = context.Options.Delivery == SyncDelivery.Safe,
                MayBeMoved = verb == TentacleVerb.Mv,
            };
            if (verb == TentacleVerb.Mv)
                context.Staging.KeepMoved(staged);
            return staged;
        }
        catch (TentacleException e) when (e.Kind is TentacleErrorKind.Refused or TentacleErrorKind.BadName)
        {
            Confirm();
            context.Tally.Leave(item.Name, e.Message, e.Kind);
            return null;
        }
        catch
        {
            part?.Dispose();
            if (part is not null)
                StagingFolder.Discard(new StagedFile(item.Name, part.Name, length: 0));
            if (part is not null && verb == TentacleVerb.Mv)
                _current = item with { WasInterrupted = true };
            throw;
        }
    }

    /// <summary>Takes a file; while it comes, its length counts as announced.</summary>
    private async Task<long?> TakeAsync(TentacleVerb verb, string name, Func<long, Stream?> open, Action<int>? received)
    {
        var announced = 0L;
        try
        {
            return await client.TakeAsync(verb, name, Open, received, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            context.Incoming.Announce(-announced);
        }

        Stream? Open(long size)
        {
            if (open(size) is not { } destination)
                return null;
            context.Incoming.Announce(announced = size);
            return destination;
        }
    }

    private async Task<StagedFile?> LookAgainOrLeaveAsync(StagedFile file)
    {
        try
        {
            return await LookAgainAsync(file).ConfigureAwait(false);
        }
        catch (TentacleException e) when (e.Kind == TentacleErrorKind.Refused)
        {
            // What is kept here may be the only copy; the next run looks again.
            Confirm();
            context.Tally.Leave(file.Name, e.Message, e.Kind);
            return null;
        }
    }

    /// <summary>
    /// Finds out what became of a file that the server may have been told to move, before the line or the run broke. By copying: what the
    /// server has under the name now may be another file, and is not to be moved before there is a copy of that too.
    /// </summary>
    /// <returns>The file; null if it has been delivered, and what the server has now is to be taken as a file of its own.</returns>
    private async Task<StagedFile?> LookAgainAsync(StagedFile file)
    {
        var (size, other, isContinuation) = await CompareAsync(TentacleVerb.Recv, file, static (_, _) => true).ConfigureAwait(false);
        if (size is null)
        {
            // Gone there, so it is ours to deliver.
            file.NeedsMove = false;
            return file;
        }

        if (file.Newer is { } fromBrokenMove)
            StagingFolder.Discard(fromBrokenMove);
        file.Newer = null;
        file.MayBeMoved = false;
        if (other is null)
            return file;
        StagingFolder.Discard(other);
        context.Queue.Return(new DrainItem(file.Name));
        if (isContinuation)
        {
            StagingFolder.Discard(file);
            return null;
        }

        await context.Staging.MakeWholeAsync([file]).ConfigureAwait(false);
        _confirmed.Add(file);
        await DeliverAsync().ConfigureAwait(false);
        return null;
    }

    /// <summary>Receives a file beside one that is kept.</summary>
    /// <param name="verb">RECV or MV.</param>
    /// <param name="file">The kept one.</param>
    /// <param name="accept">Told the announced size, whether to receive it.</param>
    /// <returns>The announced size, or null if the server has no such file; the new content if it is another; and whether it begins with the kept one.</returns>
    private async Task<(long? Size, StagedFile? Other, bool IsContinuation)> CompareAsync(TentacleVerb verb, StagedFile file, Func<StagedFile, long, bool> accept)
    {
        using var kept = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1);
        var announced = 0L;
        using var compare = new ComparingStream(kept, () => context.Staging.CreatePart(announced));
        var isAccepted = false;
        var size = await TakeAsync(verb, file.Name, s => (isAccepted = accept(file, announced = s)) ? compare : null, received: null).ConfigureAwait(false);
        Confirm();
        return isAccepted && compare.Complete() is { } other ? (size, new StagedFile(file.Name, other.Name, other.Length), compare.KeptIsBeginning) : (size, null, false);
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
            LeaveRefused(file, e);
            return;
        }

        if (size is null)
        {
            // Never told to move it, the server has no such file any more: whoever took it has it.
            StagingFolder.Discard(file);
            context.Tally.Vanished(file.Name);
        }
        else if (!file.MayBeMoved)
        {
            StagingFolder.Discard(file);
            Retry(new DrainItem(file.Name), $"'{file.Name}' changed from {file.Length} to {size} bytes while it was taken", TentacleErrorKind.Changed);
        }
        else
        {
            _unconfirmed = file;
            if (other is not null)
                await KeepNewerAsync(file, other, isContinuation).ConfigureAwait(false);
        }
    }

    /// <summary>The server keeps the file, for example because another client is moving it.</summary>
    private void LeaveRefused(StagedFile file, TentacleException refusal)
    {
        StagingFolder.Discard(file);
        context.Tally.Leave(file.Name, refusal.Message, refusal.Kind);
    }

    /// <summary>Whether to take what the server announces: not if it is still changing.</summary>
    private static bool Accept(StagedFile file, long announced) => file.MayBeMoved = announced == file.Length;

    private async Task KeepNewerAsync(StagedFile file, StagedFile newer, bool isContinuation)
    {
        await context.Staging.MakeWholeAsync([newer]).ConfigureAwait(false);
        file.Newer = newer;
        file.IsSuperseded = isContinuation;
        context.Tally.Say($"'{file.Name}' had other content when it was moved; {(isContinuation ? "the longer one is kept" : "both are kept")}");
    }

    /// <summary>The server has answered again, so it has deleted what it was told to move before.</summary>
    private void Confirm()
    {
        if (_unconfirmed is not { } file)
            return;
        _unconfirmed = null;
        _confirmed.Add(file);
    }

    /// <summary>QUIT has no answer: an end of the connection behind it does not show that the server has heard it.</summary>
    private async Task ConfirmLastAsync()
    {
        if (_unconfirmed is null)
            return;
        await client.ProbeAsync(cancellationToken).ConfigureAwait(false);
        Confirm();
    }

    /// <summary>Gives confirmed files their place. What follows does not wait for the directory's flush; the next delivery does.</summary>
    private async Task DeliverAsync()
    {
        await _delivered.ConfigureAwait(false);
        var delivered = new List<(StagedFile File, string Path)>(_confirmed.Count);
        while (_confirmed.Count > 0)
        {
            var file = _confirmed[0];
            if (file.IsSuperseded)
                StagingFolder.Discard(file);
            else
                delivered.Add((file, context.Incoming.Deliver(file.Path, file.Name)));
            if (file.Newer is { } newer)
                delivered.Add((newer, context.Incoming.Deliver(newer.Path, newer.Name)));
            _confirmed.RemoveAt(0);
        }

        if (delivered.Count > 0)
            _delivered = MakeLastingAsync(delivered);
    }

    private async Task MakeLastingAsync(List<(StagedFile File, string Path)> delivered)
    {
        await context.Incoming.FlushAsync().ConfigureAwait(false);
        foreach (var (file, path) in delivered)
            context.Tally.Arrived(file, path);
        Progress += delivered.Count;
    }

    private void NoteMissing(DrainItem item)
    {
        if (item.WasInterrupted)
            context.Tally.Leave(item.Name, "The line broke while it was moved in fast delivery, and the server no longer has it: it is lost. The safe delivery does not lose files.", TentacleErrorKind.Disconnected);
        else
            context.Tally.Vanished(item.Name);
    }

    private void Retry(DrainItem item, string why, TentacleErrorKind kind)
    {
        if (item.Attempts + 1 >= MostAttempts)
            context.Tally.Leave(item.Name, $"{why}; it is left for the next run.", kind);
        else
            context.Queue.Return(item with { Attempts = item.Attempts + 1 });
    }

    /// <summary>After a failure: what is whole waits to be moved or delivered, what is not is asked for again.</summary>
    private async Task GiveBackAsync(Exception error)
    {
        if (_current is { } current)
            Retry(current, error.Message.TrimEnd('.'), (error as TentacleException)?.Kind ?? TentacleErrorKind.LocalFile);
        foreach (var window in new[] { _flushing, _receiving })
        {
            await TryAsync(window.MakeWholeAsync()).ConfigureAwait(false);
            foreach (var file in window.Files)
                GiveBack(file, file.IsWhole);
        }

        await TryAsync(_delivered).ConfigureAwait(false);
        foreach (var file in _confirmed)
            GiveBack(file, isKept: true);
        if (_unconfirmed is { } moved)
            GiveBack(moved, isKept: true);
    }

    private void GiveBack(StagedFile file, bool isKept)
    {
        file.NeedsMove = context.Options.Delivery != SyncDelivery.Keep;
        context.Queue.Return(new DrainItem(file.Name, isKept ? file : null));
    }

    /// <summary>Waits for the disk to save what was received: in fast delivery ours may be the only copies.</summary>
    private async Task TryAsync(Task work)
    {
        try
        {
            await work.ConfigureAwait(false);
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            context.Tally.Say($"the disk could not keep what was under way: {e.Message}");
        }
    }
}
