using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Native;

namespace PandoraSync.Files;

/// <summary>
/// Flushes one folder's entries for many callers: those who ask while a flush runs share the next one. What a failed flush could not write
/// the system does not try again, so a flush that failed fails for all whose entries it may have been about.
/// </summary>
internal sealed class FolderFlusher(string folder, FlushQueue queue) : IDisposable
{
    private readonly object _gate = new();
    private FolderHandle _folder = FolderHandle.Open(folder);
    private TaskCompletionSource<bool>? _next;
    private long _failures;
    private bool _running;

    /// <summary>To be asked for before an entry is made, and given to the flush that is to have it on disk.</summary>
    public long Mark() => Interlocked.Read(ref _failures);

    /// <summary>Ends when a flush that began after this call is done.</summary>
    /// <param name="mark">What <see cref="Mark"/> gave before the entries were made.</param>
    /// <exception cref="IOException">The folder cannot be flushed, or could not be since the mark: the entries must be made again.</exception>
    public async Task FlushAsync(long mark)
    {
        await JoinAsync().ConfigureAwait(false);
        Require(mark);
    }

    /// <summary>Flushes on this thread, unless another flush is under way.</summary>
    /// <param name="mark">What <see cref="Mark"/> gave before the entries were made.</param>
    /// <returns>False if one is; <see cref="FlushAsync"/> then shares the next.</returns>
    /// <exception cref="IOException">The folder cannot be flushed, or could not be since the mark: the entries must be made again.</exception>
    public bool TryFlush(long mark)
    {
        lock (_gate)
        {
            if (_running)
                return false;
            _running = true;
        }

        try
        {
            Flush();
            Require(mark);
            return true;
        }
        finally
        {
            EndOne();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private void Require(long mark)
    {
        if (Mark() != mark)
            throw new IOException($"Could not flush '{folder}': an earlier flush failed.");
    }

    private void Flush()
    {
        try
        {
            _folder.Flush();
        }
        catch
        {
            Interlocked.Increment(ref _failures);
            Reopen();
            throw;
        }
    }

    /// <summary>The folder may have been replaced by another.</summary>
    private void Reopen()
    {
        try
        {
            var again = FolderHandle.Open(folder);
            _folder.Dispose();
            _folder = again;
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            // Still gone; the next flush fails too.
        }
    }

    private Task JoinAsync()
    {
        lock (_gate)
        {
            _next ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            var mine = _next.Task;
            if (!_running)
                StartNext();
            return mine;
        }
    }

    private void StartNext()
    {
        var current = _next!;
        _next = null;
        _running = true;
        _ = RunAsync(current);
    }

    private async Task RunAsync(TaskCompletionSource<bool> current)
    {
        try
        {
            await queue.RunAsync(Flush).ConfigureAwait(false);
            current.SetResult(true);
        }
        catch (Exception e)
        {
            current.SetException(e);
        }

        EndOne();
    }

    private void EndOne()
    {
        lock (_gate)
        {
            _running = false;
            if (_next is not null)
                StartNext();
        }
    }
}
