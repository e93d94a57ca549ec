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

            await client.QuitAsync(cancellationToken).ConfigureAwait(false);
            Confirm();
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
            if ((item.Staged ?? await ReceiveAsync(item).ConfigureAwait(false)) is { } staged)
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
            var size = await client.TakeAsync(verb, item.Name, size => part = context.Staging.CreatePart(size), context.Tally.Content, cancellationToken).ConfigureAwait(false);
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

    /// <summary>Has the server move a file that is whole and flushed here, and compares what comes with what is kept.</summary>
    private async Task MoveAsync(StagedFile file)
    {
        using var kept = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1);
        FileStream? newer = null;
        using var compare = new ComparingStream(kept, () => newer = context.Staging.CreatePart(bytes: 0));
        var mayHaveMoved = file.MayBeMoved;
        long? size;
        try
        {
            size = await client.TakeAsync(TentacleVerb.Mv, file.Name, s => Accept(file, s) ? compare : null, received: null, cancellationToken).ConfigureAwait(false);
        }
        catch (TentacleException e) when (e.Kind == TentacleErrorKind.Refused)
        {
            Confirm();
            LeaveRefused(file, e);
            return;
        }

        Confirm();
        if (size is null && !mayHaveMoved)
        {
            // Never told to move it, the server has no such file any more: whoever took it has it.
            StagingFolder.Discard(file);
            context.Tally.Vanished(file.Name);
        }
        else if (size is null)
        {
            _confirmed.Add(file);
        }
        else if (!file.MayBeMoved)
        {
            StagingFolder.Discard(file);
            Retry(new DrainItem(file.Name), $"'{file.Name}' changed from {file.Length} to {size} bytes while it was taken", TentacleErrorKind.Changed);
        }
        else
        {
            _unconfirmed = file;
            if (compare.Complete() is { } other)
                await KeepNewerAsync(file, other, compare.KeptIsBeginning).ConfigureAwait(false);
        }
    }

    /// <summary>The server keeps the file, for example because another client is moving it. A copy that may be the only one stays for the next run.</summary>
    private void LeaveRefused(StagedFile file, TentacleException refusal)
    {
        if (!file.MayBeMoved)
            StagingFolder.Discard(file);
        context.Tally.Leave(file.Name, refusal.Message, refusal.Kind);
    }

    /// <summary>Whether to take what the server announces: not if it is still changing, unless the kept copy may be of an earlier file of that name.</summary>
    private static bool Accept(StagedFile file, long announced)
    {
        if (announced != file.Length && !file.MayBeMoved)
            return false;
        file.MayBeMoved = true;
        if (file.Newer is { } fromBrokenMove)
            StagingFolder.Discard(fromBrokenMove);
        file.Newer = null;
        return true;
    }

    private async Task KeepNewerAsync(StagedFile file, FileStream other, bool isContinuation)
    {
        var newer = new StagedFile(file.Name, other.Name, other.Length);
        other.Dispose();
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
