using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.Sync.Continuous;
using PandoraSync.Sync.Journal;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Sync.Continuous;

[Collection(MeasuredAlone.Name)]
public sealed class WeekTests
{
    // The log and names that the test keeps itself are 2 MB in a week; buffers that threads keep for themselves come and go.
    private const long MostHeapGrowth = 6 * 1024 * 1024;
    private const int MostHandleGrowth = 40;

    /// <summary>A short one each time; PANDORASYNC_WEEK_MINUTES=60 is a week in an hour, with 20 sites.</summary>
    [Fact]
    public async Task A_week_of_deaths_returns_edits_and_renewals_loses_nothing_and_the_status_tells_each()
    {
        var minutes = double.TryParse(Environment.GetEnvironmentVariable("PANDORASYNC_WEEK_MINUTES"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var given) ? given : 0;
        var (sites, speed) = minutes > 0 ? (20, TimeSpan.FromDays(7).TotalMinutes / minutes) : (5, 1000);
        var seed = int.TryParse(Environment.GetEnvironmentVariable("PANDORASYNC_WEEK_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 1;
        await using var week = new Week(seed, sites, speed, TimeSpan.FromMinutes(1));
        var watch = Stopwatch.StartNew();
        var (steps, first) = (0, default((long Heap, int Handles)?));
        for (; minutes > 0 ? watch.Elapsed.TotalMinutes < minutes : steps < 25; steps++)
        {
            await week.StepAsync(minutes > 0 ? TimeSpan.FromMinutes(20) : TimeSpan.Zero);
            Assert.InRange(JournalBytes(week), 1, Week.Limits.MaxBytes * 9 / 8);

            // The first steps load code and fill pools.
            if (steps % 25 == 8)
                first ??= await MeasureAsync(week, steps);
            else if (steps % 25 == 24)
                IsFlat(first!.Value, await MeasureAsync(week, steps));
        }

        await week.EndAsync();
        IsFlat(first!.Value, await MeasureAsync(week, steps));
        week.HasLostNothing();
        Assert.NotEmpty(JournalReader.Read(week.Incoming, r => r.Files > 0));
        Assert.All(week.Log.Where(l => l.Level == SyncLogLevel.Error), l => Assert.True(l.Error is not null, l.Text));
    }

    private static long JournalBytes(Week week) => Directory.GetFiles(JournalFiles.FolderOf(week.Incoming), "journal-*").Sum(f => new FileInfo(f).Length);

    private static void IsFlat((long Heap, int Handles) first, (long Heap, int Handles) now)
    {
        Assert.True(now.Heap < first.Heap + MostHeapGrowth, $"The heap has grown from {first.Heap} to {now.Heap} bytes.");
        Assert.True(now.Handles < first.Handles + MostHandleGrowth, $"Open files and connections have become {now.Handles}, from {first.Handles}.");
    }

    /// <summary>Says what lives on the heap, and how many files and connections are open.</summary>
    private static async Task<(long Heap, int Handles)> MeasureAsync(Week week, int step)
    {
        using var process = Process.GetCurrentProcess();

        // What is under way at a moment is not what stays: the least of some looks is.
        var now = (Heap: long.MaxValue, Handles: int.MaxValue);
        for (var look = 0; look < 5; look++)
        {
            now = (Math.Min(now.Heap, MeasuredAlone.HeapBytes()), Math.Min(now.Handles, OperatingSystem.IsLinux() ? Directory.GetFileSystemEntries("/proc/self/fd").Length : process.HandleCount));
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        TestContext.Current.SendDiagnosticMessage("step {0}, day {1:0.00}: {2} files made, heap {3} KB, resident {4} MB, {5} open files, {6} threads, journal {7} bytes", step, week.Elapsed.TotalDays, week.Made, now.Heap / 1024, process.WorkingSet64 / 1024 / 1024, now.Handles, process.Threads.Count, JournalBytes(week));
        return now;
    }
}
