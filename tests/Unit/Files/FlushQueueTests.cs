using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Files;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.Tests.Files;

public class FlushQueueTests
{
    [Fact]
    public async Task Every_action_is_run_once()
    {
        using var queue = new FlushQueue(4);
        var runs = new int[500];
        await Eventually.Ends(Task.WhenAll(Enumerable.Range(0, runs.Length).Select(i => queue.RunAsync(() => Interlocked.Increment(ref runs[i])))), "all actions");
        Assert.All(runs, r => Assert.Equal(1, r));
    }

    [Fact]
    public async Task An_error_reaches_only_the_one_who_asked()
    {
        using var queue = new FlushQueue(1);
        var broken = queue.RunAsync(() => throw new IOException("no"));
        var fine = queue.RunAsync(() => { });
        await Assert.ThrowsAsync<IOException>(() => Eventually.Ends(broken, "the broken action"));
        await Eventually.Ends(fine, "the action behind it");
    }

    [Fact]
    public async Task Actions_that_come_together_run_together_even_if_a_thread_was_idle()
    {
        for (var round = 0; round < 50; round++)
        {
            using var queue = new FlushQueue(4);
            await Eventually.Ends(queue.RunAsync(() => { }), "the action that leaves one thread idle");

            // Each waits for the other: with one thread for both, neither would end.
            using var meeting = new Barrier(2);
            var both = Enumerable.Range(0, 2).Select(_ => queue.RunAsync(() => Assert.True(meeting.SignalAndWait(TimeSpan.FromSeconds(10))))).ToArray();
            await Eventually.Ends(Task.WhenAll(both), "two actions that meet");
        }
    }

    [Fact]
    public async Task No_more_threads_than_allowed_work_at_once()
    {
        using var queue = new FlushQueue(3);
        var (now, most) = (0, 0);
        var gate = new Lock();
        await Eventually.Ends(
            Task.WhenAll(Enumerable.Range(0, 60).Select(_ => queue.RunAsync(() =>
            {
                lock (gate)
                    most = Math.Max(most, ++now);
                Thread.Yield();
                lock (gate)
                    now--;
            }))),
            "all actions");
        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public async Task A_lone_caller_s_action_is_run_where_it_is_and_after_an_error_the_next_one_s_too()
    {
        using var queue = new FlushQueue(2);
        var threads = new int[2];
        Assert.Throws<IOException>(() => queue.RunSoonAsync(() => throw new IOException("no")).GetAwaiter().GetResult());
        var soon = queue.RunSoonAsync(() => threads[0] = Environment.CurrentManagedThreadId);
        Assert.Equal(Environment.CurrentManagedThreadId, threads[0]);
        await Eventually.Ends(soon, "the action");
    }

    [Fact]
    public async Task While_one_caller_runs_its_action_the_next_one_s_is_run_on_a_thread_of_the_queue()
    {
        using var queue = new FlushQueue(2);
        var (here, there) = (Environment.CurrentManagedThreadId, 0);
        var other = Task.CompletedTask;
        await queue.RunSoonAsync(() => (other = queue.RunSoonAsync(() => there = Environment.CurrentManagedThreadId)).Wait(TimeSpan.FromSeconds(10)));
        Assert.True(other.IsCompletedSuccessfully);
        Assert.NotEqual(here, there);
    }

    [Fact]
    public async Task A_flush_under_way_is_not_taken_for_the_caller_s_own()
    {
        using var folder = new TempFolder();
        using var busy = new ManualResetEventSlim();
        using var queue = new FlushQueue(1);
        using var flusher = new FolderFlusher(folder.Path, queue);
        Assert.True(flusher.TryFlush(flusher.Mark()));
        var block = queue.RunAsync(() => busy.Wait(TimeSpan.FromSeconds(10)));
        var first = flusher.FlushAsync(flusher.Mark());
        Assert.False(flusher.TryFlush(flusher.Mark()));
        busy.Set();
        await Eventually.Ends(Task.WhenAll(block, first), "the flush");
        await Eventually.BecomesTrue(() => flusher.TryFlush(flusher.Mark()), "the folder is free");
    }

    [Fact]
    public async Task Review01_a_flush_that_failed_fails_for_all_whose_entries_it_may_have_been_about()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows flushes folders by itself.");
        using var parent = new TempFolder();
        using var queue = new FlushQueue(1);
        using var flusher = new FolderFlusher(parent.MakeFolder("folder"), queue);
        var (early, alsoEarly) = (flusher.Mark(), flusher.Mark());
        Directory.Move(parent["folder"], parent["elsewhere"]);
        Directory.CreateDirectory(parent["folder"]);
        await Assert.ThrowsAsync<IOException>(() => Eventually.Ends(flusher.FlushAsync(early), "the flush that fails"));
        await Assert.ThrowsAsync<IOException>(() => Eventually.Ends(flusher.FlushAsync(alsoEarly), "a flush of earlier entries"));
        Assert.Throws<IOException>(() => flusher.TryFlush(alsoEarly));
        await Eventually.Ends(flusher.FlushAsync(flusher.Mark()), "a flush of later entries");
        Assert.True(flusher.TryFlush(flusher.Mark()));
    }

    [Fact]
    public async Task What_is_queued_is_done_even_after_the_end_was_asked_for()
    {
        using var first = new ManualResetEventSlim();
        var queue = new FlushQueue(1);
        var waiting = queue.RunAsync(() => first.Wait(TimeSpan.FromSeconds(10)));
        var behind = queue.RunAsync(() => { });
        queue.Dispose();
        first.Set();
        await Eventually.Ends(Task.WhenAll(waiting, behind), "what was queued");
    }

    [Fact]
    public async Task A_folder_is_flushed_for_all_who_ask_and_again_for_those_who_ask_later()
    {
        using var folder = new TempFolder();
        using var queue = new FlushQueue(2);
        using var flusher = new FolderFlusher(folder.Path, queue);
        await Eventually.Ends(Task.WhenAll(Enumerable.Range(0, 200).Select(_ => flusher.FlushAsync(flusher.Mark()))), "200 flushes");
        await Eventually.Ends(flusher.FlushAsync(flusher.Mark()), "a later flush");
    }

    [Fact]
    public async Task Who_asks_while_a_flush_runs_gets_a_flush_that_began_afterwards()
    {
        using var folder = new TempFolder();
        using var busy = new ManualResetEventSlim();
        using var queue = new FlushQueue(1);
        using var flusher = new FolderFlusher(folder.Path, queue);
        var block = queue.RunAsync(() => busy.Wait(TimeSpan.FromSeconds(10)));
        var first = flusher.FlushAsync(flusher.Mark());
        var second = flusher.FlushAsync(flusher.Mark());
        var third = flusher.FlushAsync(flusher.Mark());
        Assert.False(first.IsCompleted || second.IsCompleted || third.IsCompleted);
        busy.Set();
        await Eventually.Ends(Task.WhenAll(block, first, second, third), "both flushes");
    }

    [Fact]
    public async Task A_folder_that_is_gone_is_an_error_each_time()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows flushes folders by itself.");
        var folder = new TempFolder();
        using var queue = new FlushQueue(1);
        using var flusher = new FolderFlusher(folder.Path, queue);
        folder.Dispose();
        await Assert.ThrowsAsync<IOException>(() => Eventually.Ends(flusher.FlushAsync(flusher.Mark()), "a flush"));
        await Assert.ThrowsAsync<IOException>(() => Eventually.Ends(flusher.FlushAsync(flusher.Mark()), "a flush"));
    }
}
