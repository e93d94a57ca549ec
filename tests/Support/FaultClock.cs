using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;

namespace PandoraSync.TestSupport;

/// <summary>Waits until a moment, to a fraction of a millisecond and never less. The runtime's timers go by a coarse clock and are several milliseconds off, which a line's round trip would show.</summary>
internal static class FaultClock
{
    private const int MicrosecondsInSecond = 1_000_000;
    private static readonly object Gate = new();
    private static readonly PriorityQueue<TaskCompletionSource, long> Waiting = new();
    private static readonly Lazy<Thread> Ringer = new(Start);

    /// <summary>Waits until <see cref="Stopwatch.GetTimestamp"/> has come to a value.</summary>
    public static Task WaitUntilAsync(long dueAt, CancellationToken stop)
    {
        if (dueAt <= Stopwatch.GetTimestamp())
            return Task.CompletedTask;
        _ = Ringer.Value;
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (Gate)
        {
            Waiting.Enqueue(waiting, dueAt);
            Monitor.Pulse(Gate);
        }

        return waiting.Task.WaitAsync(stop);
    }

    private static Thread Start()
    {
        var thread = new Thread(Ring) { IsBackground = true, Name = "fault clock" };
        thread.Start();
        return thread;
    }

    private static void Ring()
    {
        while (true)
        {
            uint rest = 0;
            lock (Gate)
            {
                TaskCompletionSource? first;
                long dueAt;
                while (!Waiting.TryPeek(out first, out dueAt))
                    Monitor.Wait(Gate);
                var left = (dueAt - Stopwatch.GetTimestamp()) * MicrosecondsInSecond / Stopwatch.Frequency;
                if (left <= 0)
                {
                    Waiting.Dequeue();
                    first.TrySetResult();
                }
                else if (left >= 2000)
                {
                    Monitor.Wait(Gate, (int)(left / 1000) - 1);
                }
                else
                {
                    rest = (uint)left;
                }
            }

            if (rest > 0)
                Rest(rest);
        }
    }

    private static void Rest(uint microseconds)
    {
        if (OperatingSystem.IsLinux())
            _ = SleepMicroseconds(microseconds);
        else
            Thread.Sleep(1);
    }

    [DllImport("libc", EntryPoint = "usleep")]
    private static extern int SleepMicroseconds(uint microseconds);
}
