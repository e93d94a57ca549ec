using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;

namespace PandoraSync.Files;

/// <summary>
/// Runs flushes on a few threads of its own: a disk takes many flushes at once better than one after the other, and threads that
/// wait for a disk must not be those that serve connections.
/// </summary>
internal sealed class FlushQueue : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly int _mostThreads;
    private int _threads;
    private int _idle;

    public FlushQueue(int mostThreads = 16) => _mostThreads = mostThreads;

    /// <summary>Runs an action on one of the threads.</summary>
    /// <returns>Ends as the action ends.</returns>
    public Task RunAsync(Action action)
    {
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                action();
                done.SetResult(true);
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        AddThreadIfNeeded();
        return done.Task;
    }

    /// <summary>Ends the threads once what is queued is done.</summary>
    public void Dispose() => _work.CompleteAdding();

    private void AddThreadIfNeeded()
    {
        // One idle thread is no help to two actions that come at once.
        if (Volatile.Read(ref _idle) >= _work.Count || Volatile.Read(ref _threads) >= _mostThreads)
            return;
        if (Interlocked.Increment(ref _threads) > _mostThreads)
        {
            Interlocked.Decrement(ref _threads);
            return;
        }

        new Thread(Work) { IsBackground = true, Name = "PandoraSync flush" }.Start();
    }

    private void Work()
    {
        while (true)
        {
            Interlocked.Increment(ref _idle);
            var found = _work.TryTake(out var action, Timeout.Infinite);
            Interlocked.Decrement(ref _idle);
            if (!found)
                return;
            action!();
        }
    }
}
