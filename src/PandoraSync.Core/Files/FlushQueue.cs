using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace PandoraSync.Files;

/// <summary>
/// Runs flushes on a few threads of its own: a disk takes many flushes at once better than one after the other, and threads that
/// wait for a disk must not be those that serve connections.
/// </summary>
internal sealed class FlushQueue : IDisposable
{
    // A monitor rather than a collection that blocks: those spin while they wait, which costs more than the flushes.
    private readonly object _gate = new();
    private readonly Queue<Action> _work = new();
    private readonly int _mostThreads;
    private int _threads;
    private int _idle;
    private bool _here;
    private bool _ended;

    public FlushQueue(int mostThreads = 16) => _mostThreads = mostThreads;

    /// <summary>Runs an action on one of the threads.</summary>
    /// <returns>Ends as the action ends.</returns>
    public Task RunAsync(Action action)
    {
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        Add(() =>
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
        return done.Task;
    }

    /// <summary>
    /// Runs an action on the caller's thread if nothing else is under way, and otherwise as <see cref="RunAsync"/> does: for a lone caller
    /// two changes of thread cost as much as a flush.
    /// </summary>
    public Task RunSoonAsync(Action action)
    {
        if (!TryEnter())
            return RunAsync(action);
        try
        {
            action();
            return Task.CompletedTask;
        }
        catch (Exception e)
        {
            return Task.FromException(e);
        }
        finally
        {
            lock (_gate)
                _here = false;
        }
    }

    /// <summary>Ends the threads once what is queued is done.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
    }

    private bool TryEnter()
    {
        lock (_gate)
        {
            if (_here || _ended || _work.Count > 0 || _threads > _idle)
                return false;
            return _here = true;
        }
    }

    private void Add(Action action)
    {
        lock (_gate)
        {
            if (_ended)
                throw new ObjectDisposedException(nameof(FlushQueue));
            _work.Enqueue(action);

            // One idle thread is no help to two actions that come at once.
            if (_idle >= _work.Count || _threads >= _mostThreads)
            {
                Monitor.Pulse(_gate);
                return;
            }

            _threads++;
        }

        new Thread(Work) { IsBackground = true, Name = "PandoraSync flush" }.Start();
    }

    private void Work()
    {
        while (Take() is { } action)
            action();
    }

    /// <summary>Waits for an action; null at the end.</summary>
    private Action? Take()
    {
        lock (_gate)
        {
            while (_work.Count == 0)
            {
                if (_ended)
                    return null;
                _idle++;
                Monitor.Wait(_gate);
                _idle--;
            }

            return _work.Dequeue();
        }
    }
}
