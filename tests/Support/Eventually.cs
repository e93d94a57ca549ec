using System;
using System.Diagnostics;
using System.Threading.Tasks;

namespace PandoraSync.TestSupport;

/// <summary>Waits for something that must become true, and gives up with a sentence that says what did not.</summary>
public static class Eventually
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(20);

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="condition">Asked every few milliseconds.</param>
    /// <param name="what">What should come true, for the error: "the file is stored".</param>
    /// <param name="limit">How long at most; 20 s by default.</param>
    /// <exception cref="TimeoutException">It did not come true in time.</exception>
    public static async Task BecomesTrue(Func<bool> condition, string what, TimeSpan? limit = null)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > (limit ?? DefaultLimit))
                throw new TimeoutException($"Waited {clock.Elapsed.TotalSeconds:0.#} s in vain for: {what}.");
            await Task.Delay(5);
        }
    }

    /// <summary>Waits for a task that should end, so that a hang fails the test instead of stopping the run.</summary>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    public static async Task<T> Ends<T>(Task<T> task, string what, TimeSpan? limit = null)
    {
        if (await Task.WhenAny(task, Task.Delay(limit ?? DefaultLimit)) != task)
            throw new TimeoutException($"This did not end in time: {what}.");
        return await task;
    }

    /// <summary>Waits for a task that should end, so that a hang fails the test instead of stopping the run.</summary>
    /// <exception cref="TimeoutException">It did not end in time.</exception>
    public static async Task Ends(Task task, string what, TimeSpan? limit = null)
    {
        if (await Task.WhenAny(task, Task.Delay(limit ?? DefaultLimit)) != task)
            throw new TimeoutException($"This did not end in time: {what}.");
        await task;
    }
}
