using System.Threading.Tasks;
using PandoraSync.Compat;

namespace PandoraSync.Files;

/// <summary>Flushes one folder's entries for many callers: those who ask while a flush runs share the next one.</summary>
internal sealed class FolderFlusher(string folder, FlushQueue queue)
{
    private readonly object _gate = new();
    private TaskCompletionSource<bool>? _next;
    private bool _running;

    /// <summary>Ends when a flush that began after this call is done.</summary>
    /// <exception cref="System.IO.IOException">The folder cannot be flushed.</exception>
    public Task FlushAsync()
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

    /// <summary>Flushes on this thread, unless another flush is under way.</summary>
    /// <returns>False if one is; <see cref="FlushAsync"/> then shares the next.</returns>
    /// <exception cref="System.IO.IOException">The folder cannot be flushed.</exception>
    public bool TryFlush()
    {
        lock (_gate)
        {
            if (_running)
                return false;
            _running = true;
        }

        try
        {
            FileSystemCalls.FlushFolder(folder);
            return true;
        }
        finally
        {
            EndOne();
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
            await queue.RunAsync(() => FileSystemCalls.FlushFolder(folder)).ConfigureAwait(false);
            current.SetResult(true);
        }
        catch (System.Exception e)
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
