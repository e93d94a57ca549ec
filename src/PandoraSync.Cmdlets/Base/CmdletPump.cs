using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;

namespace PandoraSync.Cmdlets.Base;

/// <summary>
/// Carries output from worker threads to the pipeline thread, the only one that may write. Actions are done in order; between them it is
/// shown how far the work is.
/// </summary>
public sealed class CmdletPump
{
    private const int MostWaiting = 10_000;
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(200);
    private readonly BlockingCollection<Action> _actions = [];
    private readonly ConcurrentDictionary<int, ProgressRecord> _told = new();
    private readonly PandoraSyncCmdlet _cmdlet;
    private int _leftOut;

    internal CmdletPump(PandoraSyncCmdlet cmdlet) => _cmdlet = cmdlet;

    /// <summary>Writes an object to the pipeline.</summary>
    public void Output(object value) => _actions.Add(() => _cmdlet.WriteObject(value));

    /// <summary>Writes a sentence of the story.</summary>
    public void Verbose(string text) => Report(() => _cmdlet.WriteVerbose(text));

    /// <summary>Writes a warning.</summary>
    public void Warning(string text) => Report(() => _cmdlet.WriteWarning(text));

    /// <summary>Writes a line for whoever asks for it with -InformationAction.</summary>
    public void Information(string text) => Report(() => _cmdlet.WriteInformation(text, []));

    /// <summary>Writes a line for whoever sits at the keyboard, which is shown without being asked for.</summary>
    public void Host(string text) => Report(() => _cmdlet.WriteInformation(new HostInformationMessage { Message = text }, ["PSHOST"]));

    /// <summary>Writes an error that does not end the cmdlet.</summary>
    public void Error(Exception error, object? target) => _actions.Add(() => _cmdlet.Report(error, target));

    /// <summary>Has it shown how far the work is, by what is asked now and then on the pipeline's thread.</summary>
    public void Progress(Func<IReadOnlyList<ProgressRecord>> source) => _cmdlet.Screen.Source = source;

    /// <summary>Asks something on the pipeline's thread, where people can be asked.</summary>
    /// <param name="question">The question.</param>
    /// <param name="cancellationToken">Ends the wait for the answer; there is none once the pipeline stops.</param>
    public async Task<bool> AskAsync(Func<bool> question, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = cancellationToken.Register(() => answer.TrySetCanceled(cancellationToken));
        _actions.Add(() => answer.TrySetResult(question()), CancellationToken.None);
        return await answer.Task.ConfigureAwait(false);
    }

    /// <summary>Shows how far something is; the latest for each activity counts.</summary>
    public void Progress(ProgressRecord record)
    {
        _told[record.ActivityId] = record;
        Progress(() => [.. _told.Values]);
    }

    /// <summary>Has it shown how far the work is.</summary>
    public void Progress(Func<ProgressRecord> source) => Progress(() => [source()]);

    /// <summary>Runs work on other threads while this one, the pipeline's, writes what it gives, until both are done.</summary>
    internal void Run(Func<Task> work, CancellationTokenSource stop)
    {
        var task = Task.Run(work);
        _ = task.ContinueWith(_ => _actions.CompleteAdding(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            Drain();
        }
        catch
        {
            // The pipeline is being stopped, or somebody behind us wants no more.
            stop.Cancel();
            WaitQuietly(task);
            throw;
        }
        finally
        {
            if (!_cmdlet.KeepsScreen)
                _cmdlet.Screen.Clear();
        }

        task.GetAwaiter().GetResult();
    }

    /// <summary>What is told faster than it can be shown is left out: whoever makes a server log much must not fill its memory.</summary>
    private void Report(Action write)
    {
        if (_actions.Count >= MostWaiting)
        {
            Interlocked.Increment(ref _leftOut);
            return;
        }

        _actions.Add(write);
        if (_actions.Count < MostWaiting / 2 && Interlocked.Exchange(ref _leftOut, 0) is var leftOut and > 0)
            _actions.Add(() => _cmdlet.WriteWarning($"{leftOut} lines came faster than they could be shown and were left out."));
    }

    private void Drain()
    {
        while (!_actions.IsCompleted)
        {
            if (_actions.TryTake(out var action, LongestWait))
                action();
            _cmdlet.Screen.Tick();
        }
    }

    private static void WaitQuietly(Task task)
    {
        try
        {
            task.GetAwaiter().GetResult();
        }
        catch (Exception)
        {
            // The reason for the stop is on its way already; what the stopped work says about it is of no interest.
        }
    }
}
