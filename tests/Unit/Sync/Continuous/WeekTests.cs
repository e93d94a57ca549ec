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
    /// <summary>A short one each time; PANDORASYNC_WEEK_MINUTES=60 is a week in an hour, with 20 sites.</summary>
    [Fact]
    public async Task A_week_of_deaths_returns_edits_and_renewals_loses_nothing_and_the_status_tells_each()
    {
        var minutes = double.TryParse(Environment.GetEnvironmentVariable("PANDORASYNC_WEEK_MINUTES"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var given) ? given : 0;
        var (sites, speed) = minutes > 0 ? (20, TimeSpan.FromDays(7).TotalMinutes / minutes) : (5, 1000);
        var seed = int.TryParse(Environment.GetEnvironmentVariable("PANDORASYNC_WEEK_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 1;
        await using var week = new Week(seed, sites, speed, TimeSpan.FromMinutes(1));
        var watch = Stopwatch.StartNew();
        long heap = 0;
        for (var step = 0; minutes > 0 ? watch.Elapsed.TotalMinutes < minutes : step < 25; step++)
        {
            await week.StepAsync(minutes > 0 ? TimeSpan.FromMinutes(20) : TimeSpan.Zero);
            if (step % 50 == 20)
                heap = Measure(week, step, heap);
        }

        await week.EndAsync();
        Measure(week, -1, heap);
        week.HasLostNothing();
        Assert.True(Directory.GetFiles(JournalFiles.FolderOf(week.Incoming), "journal-*").Sum(f => new FileInfo(f).Length) < Week.Limits.MaxBytes * 9 / 8);
        Assert.NotEmpty(JournalReader.Read(week.Incoming, r => r.Files > 0));
        Assert.All(week.Log.Where(l => l.Level == SyncLogLevel.Error), l => Assert.True(l.Error is not null, l.Text));
    }

    /// <summary>Says what lives on the heap, and which files and connections are open.</summary>
    /// <returns>The first heap.</returns>
    private static long Measure(Week week, int step, long first)
    {
        var heap = MeasuredAlone.HeapBytes();
        var open = OperatingSystem.IsLinux() ? Directory.GetFileSystemEntries("/proc/self/fd").Length : 0;
        var journal = Directory.GetFiles(JournalFiles.FolderOf(week.Incoming), "*.jsonl").Sum(f => new FileInfo(f).Length);
        TestContext.Current.SendDiagnosticMessage("step {0}, day {1:0.00}: {2} files made, heap {3} KB, {4} open files, {5} threads, journal and status {6} bytes", step, week.Elapsed.TotalDays, week.Made, heap / 1024, open, Process.GetCurrentProcess().Threads.Count, journal);
        return first == 0 ? heap : first;
    }
}
