using System;
using System.IO;
using System.Threading.Tasks;
using PandoraSync.Files;
using PandoraSync.Protocol;
using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Drain;

/// <summary>Takes files over one connection until the queue is empty. Whatever ends it early, each file is back in the queue or staged for the next run.</summary>
internal abstract class DrainConnection(DrainContext context)
{
    private const int MostAttempts = 3;

    /// <summary>Files brought to their end over this connection.</summary>
    public int Progress => DeliveryQueue.Count;

    /// <summary>True if a file is to blame for the connection's end, as when a stock server cannot open it: the site may be all right.</summary>
    public bool EndedByFile { get; protected set; }

    /// <summary>What the connections of this site share.</summary>
    protected DrainContext Context { get; } = context;

    /// <summary>Where files go that the server has let go of.</summary>
    protected DeliveryQueue DeliveryQueue { get; } = new(context);

    /// <summary>Works until the queue is empty, then ends the session.</summary>
    /// <exception cref="TentacleException">The connection or the disk failed; what was under way is back in the queue or staged for the next run.</exception>
    public async Task RunAsync()
    {
        try
        {
            await WorkAsync().ConfigureAwait(false);
            await DeliveryQueue.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await RequeueAsync(e).ConfigureAwait(false);
            await TryAsync(DeliveryQueue.CompleteAsync()).ConfigureAwait(false);
            await TryAsync(DeliveryQueue.WaitForFlushAsync()).ConfigureAwait(false);
            foreach (var file in DeliveryQueue.Waiting)
                KeepRemoved(file);
            var cause = e is TentacleException { Kind: TentacleErrorKind.DiskFull or TentacleErrorKind.LocalFile, InnerException: { } inner } ? inner : e;
            if (LocalFileError.IsFileError(cause))
                throw LocalFileError.Explain(cause, (cause as FileNotFoundException)?.FileName ?? Context.Incoming.Path, "store", Context.Site.Name);
            throw;
        }
    }

    /// <summary>Does the work, to the end of the session.</summary>
    protected abstract Task WorkAsync();

    /// <summary>After a failure: what is whole waits to be moved or delivered, what is not is asked for again.</summary>
    /// <param name="error">The failure.</param>
    protected abstract Task RequeueAsync(Exception error);

    /// <summary>Gives back the files of a window, after the disk has saved what it could: ours may be the only copies.</summary>
    protected async Task RequeueAsync(FlushBatch window)
    {
        await TryAsync(window.FlushAsync()).ConfigureAwait(false);
        foreach (var file in window.Files)
        {
            // A copy that is not on disk is of no use, unless it is the only one.
            var isKept = file.IsDurable || file.MayBeMoved;
            if (!isKept)
                StagingFolder.Discard(file);
            Requeue(file, isKept);
        }
    }

    /// <summary>Gives back a file that lies here.</summary>
    /// <param name="file">The file.</param>
    /// <param name="isKept">False if our copy is not to be used.</param>
    protected void Requeue(StagedFile file, bool isKept = true)
    {
        file.NeedsMove = Context.Options.Delivery != SyncDelivery.Keep;
        Context.Queue.Return(new DrainItem(file.Name, isKept ? file : null, file.Attempts));
    }

    /// <summary>Gives back a file that lies here after an error that it may have caused; after a few, it waits here for the next run.</summary>
    protected void RequeueAfter(StagedFile file, Exception error)
    {
        EndedByFile = true;
        if (++file.Attempts >= MostAttempts)
            Skip(file.Name, error.Message.TrimEnd('.'), KindOf(error));
        else
            Requeue(file);
    }

    /// <summary>Has a file tried again after an error that it may have caused.</summary>
    protected void Retry(DrainItem item, Exception error)
    {
        EndedByFile = true;
        Retry(item, error.Message.TrimEnd('.'), KindOf(error));
    }

    /// <summary>Has a file tried again, a few times.</summary>
    protected void Retry(DrainItem item, string why, TentacleErrorKind kind)
    {
        if (item.Attempts + 1 >= MostAttempts)
            Skip(item.Name, why, kind);
        else
            Context.Queue.Return(item with { Attempts = item.Attempts + 1 });
    }

    /// <summary>True for a file that is not to be taken.</summary>
    protected bool IsTooLarge(long bytes) => bytes > Context.Options.MaxFileBytes;

    /// <summary>Leaves a file that is larger than is allowed.</summary>
    protected void SkipTooLarge(string name, long bytes) =>
        Context.Tally.Skip(name, $"It has {bytes} bytes, over the limit of {Context.Options.MaxFileBytes}: raise the largest file size to take it.", TentacleErrorKind.TooLarge);

    /// <summary>Leaves a copy of an earlier run that cannot be read; it stops nothing else.</summary>
    protected void SkipUnreadable(StagedFile file, Exception error) =>
        Context.Tally.Skip(file.Name, LocalFileError.Explain(error, file.Path, "read").Message, TentacleErrorKind.LocalFile);

    /// <summary>Keeps content that came by a move and differs from our copy.</summary>
    protected async Task KeepNewerAsync(StagedFile file, StagedFile newer, bool isContinuation)
    {
        await Context.Staging.FlushAsync([newer]).ConfigureAwait(false);
        file.Newer = newer;
        file.IsSuperseded = isContinuation;
        Context.Tally.LogVerbose($"'{file.Name}' had other content when it was moved; {(isContinuation ? "the longer one is kept" : "both are kept")}");
    }

    /// <summary>Counts a piece of content that has come.</summary>
    protected void Count(SpaceClaim claim, int bytes)
    {
        Context.Tally.Content(bytes);
        claim.Fill(bytes);
    }

    /// <summary>The server has no such file, and we have no copy.</summary>
    protected void HandleMissing(DrainItem item)
    {
        if (item.WasInterrupted)
            Context.Tally.Skip(item.Name, "The line broke while it was moved in fast delivery, and the server no longer has it: it is lost. The safe delivery does not lose files.", TentacleErrorKind.Disconnected);
        else
            Context.Tally.RecordMissing(item.Name);
    }

    /// <summary>Keeps a file that the server has let go of and that could not be delivered: this run tries again, or any later one.</summary>
    private void KeepRemoved(StagedFile file)
    {
        try
        {
            Context.Staging.KeepRemoved(file);
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            Context.Tally.LogVerbose($"'{file.Name}' could not be noted as removed at the server; the next run asks again: {e.Message}");
        }

        file.NeedsMove = false;
        Context.Queue.Return(new DrainItem(file.Name, file, file.Attempts));
    }

    private void Skip(string name, string why, TentacleErrorKind kind) => Context.Tally.Skip(name, $"{why}; it is left for the next run.", kind);

    private static TentacleErrorKind KindOf(Exception error) => (error as TentacleException)?.Kind ?? TentacleErrorKind.LocalFile;

    private async Task TryAsync(Task work)
    {
        try
        {
            await work.ConfigureAwait(false);
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            Context.Tally.LogVerbose($"the disk could not keep what was under way: {e.Message}");
        }
    }
}
