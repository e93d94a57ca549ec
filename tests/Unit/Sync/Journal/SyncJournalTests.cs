using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.Sync.Journal;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Sync.Journal;

public sealed class SyncJournalTests
{
    private readonly FastClock _clock = new(1);

    [Fact]
    public void What_a_run_came_to_is_read_as_it_was_written()
    {
        using var target = Target();
        Write(target, Result("north:41121", files: 3) with
        {
            Skipped = [new SkippedFile("a \"name\" \\ of\nlines \u2028 \U0001F600", "It has 30 bytes: too many.", TentacleErrorKind.TooLarge)],
            SkippedCount = 1,
            Error = new TentacleException(TentacleErrorKind.Disconnected, "north:41121 closed the connection.").Advise("Look there."),
        });

        var record = Assert.Single(Read(target));
        Assert.Equal(("north:41121", 3L, 300L, 1L, 1L), (record.Site, record.Files, record.Bytes, record.Runs, record.Skipped));
        Assert.Equal((TentacleErrorKind.Disconnected, "north:41121 closed the connection.", "Look there."), (record.Error!.Kind, record.Error.Message, record.Error.Advice));
        Assert.Equal("a \"name\" \\ of\nlines \u2028 \U0001F600", Assert.Single(record.SkippedFiles).Name);
        Assert.Equal(TentacleErrorKind.TooLarge, record.SkippedFiles[0].Kind);
    }

    [Fact]
    public void A_torn_last_line_is_passed_over_and_the_next_one_begins_on_its_own()
    {
        using var target = Target();
        Write(target, Result("north:41121", files: 1));
        var path = Directory.GetFiles(JournalFiles.FolderOf(target.Path), "journal-*").Single();
        File.AppendAllText(path, "{\"time\":\"2026-11-01T00:00:01.000Z\",\"site\":\"no");
        Assert.Single(Read(target));

        Write(target, Result("south:41121", files: 2));
        Assert.Equal(["north:41121", "south:41121"], Read(target).Select(r => r.Site));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("{}")]
    [InlineData("{\"time\":5,\"site\":{}}")]
    [InlineData("{\"time\":\"2026-11-01T00:00:01.000Z\",\"site\":\"x\",\"seconds\":1e999,\"files\":99999999999999999999}")]
    [InlineData("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}")]
    [InlineData("\0\0\0\0")]
    public void A_line_that_is_none_of_ours_harms_nobody(string line)
    {
        using var target = Target();
        Write(target, Result("north:41121", files: 1));
        var path = Directory.GetFiles(JournalFiles.FolderOf(target.Path), "journal-*").Single();
        File.AppendAllText(path, line + "\n" + new string('{', 3 * JsonText.MostCharacters) + "\n");
        File.AppendAllText(JournalFiles.StatusIn(JournalFiles.FolderOf(target.Path)), line + "\n");
        Write(target, Result("south:41121", files: 2));

        var sites = Read(target).Select(r => r.Site).ToArray();
        Assert.Equal(("north:41121", "south:41121"), (sites[0], sites[^1]));
        Assert.Contains(JournalReader.ReadStatuses(target.Path), s => string.Equals(s.Site, "north:41121", StringComparison.Ordinal));
    }

    [Fact]
    public void Runs_that_say_nothing_new_are_counted_and_written_once_an_hour_and_before_the_next_that_does()
    {
        using var target = Target();
        var journal = Open(target);
        for (var minute = 0; minute < 150; minute++)
        {
            journal.Record(Result("north:41121"));
            _clock.SetBy(TimeSpan.FromMinutes(1));
        }

        journal.Record(Result("north:41121", files: 5));
        journal.Record(Result("north:41121"));
        journal.Close(isLast: true);

        var records = Read(target).ToArray();
        Assert.Equal([0, 0, 0, 0, 5, 0], records.Select(r => r.Files));
        Assert.Equal(152, records.Sum(r => r.Runs));
        Assert.Equal(61, records[1].Runs);
    }

    [Fact]
    public void A_file_that_is_left_by_each_run_is_named_once()
    {
        using var target = Target();
        var left = Result("north:41121") with { Skipped = [new SkippedFile("big.1760000000.data", "It is too large.", TentacleErrorKind.TooLarge)], SkippedCount = 1 };
        Write(target, left, left, left);

        Assert.Single(Read(target), r => r.SkippedFiles.Count == 1);
        Assert.Equal((1L, 3L), (Assert.Single(JournalReader.ReadStatuses(target.Path)).Skipped, JournalReader.ReadStatuses(target.Path)[0].FailuresInARow));
    }

    [Fact]
    public void A_journal_stays_within_its_size_and_keeps_what_is_new()
    {
        using var target = Target();
        var limits = new JournalLimits { MaxBytes = 64 * 1024 };
        var journal = Open(target, limits);
        for (var i = 1; i <= 5000; i++)
            journal.Record(Result("north:41121", files: i));
        journal.Close(isLast: true);

        var bytes = Directory.GetFiles(JournalFiles.FolderOf(target.Path), "journal-*").Sum(f => new FileInfo(f).Length);
        Assert.InRange(bytes, limits.MaxBytes / 2, limits.MaxBytes + (limits.MaxBytes / 8));
        Assert.Equal(5000, Read(target).Last().Files);
        Assert.True(Read(target).First().Files > 1000);
    }

    [Fact]
    public void What_is_too_old_goes_and_a_clock_that_jumps_takes_not_the_newest_with_it()
    {
        using var target = Target();
        _clock.SetBy(DateTime.UtcNow - _clock.UtcNow);
        Write(target, Result("north:41121", files: 1));
        _clock.SetBy(TimeSpan.FromDays(1));
        Write(target, Result("north:41121", files: 2));
        Assert.Equal(2, Read(target).Count());

        _clock.SetBy(TimeSpan.FromDays(3650));
        Write(target, Result("north:41121", files: 3));
        Assert.Equal([3L], Read(target).Select(r => r.Files));
        _clock.SetBy(TimeSpan.FromDays(-3652));
        Write(target, Result("north:41121", files: 4));
        Assert.Equal([3L, 4L], Read(target).Select(r => r.Files));
        Assert.Equal((10L, 0L), (JournalReader.ReadStatuses(target.Path).Single().Files, JournalReader.ReadStatuses(target.Path).Single().FailuresInARow));
    }

    [Fact]
    public void A_journal_that_cannot_be_written_is_told_once_and_writes_what_waits_as_soon_as_it_can()
    {
        using var target = Target();
        var warnings = new List<string>();
        var journal = new SyncJournal(target.Path, new JournalLimits(), _clock, warnings.Add);
        var folder = JournalFiles.FolderOf(target.Path);
        Directory.Move(folder, folder + ".away");
        journal.Open();
        journal.Record(Result("north:41121", files: 1));
        journal.Record(Result("north:41121", files: 2));
        Assert.StartsWith("The journal cannot be written, which keeps no site from being drained", Assert.Single(warnings), StringComparison.Ordinal);

        Directory.Move(folder + ".away", folder);
        journal.Record(Result("north:41121", files: 3));
        journal.Close(isLast: true);
        Assert.Equal([1L, 2L, 3L], Read(target).Select(r => r.Files));
        Assert.Equal(6, JournalReader.ReadStatuses(target.Path).Single().Files);
    }

    [Fact]
    public void The_status_of_a_site_tells_failures_last_success_and_what_may_wait_there()
    {
        using var target = Target();
        var journal = Open(target);
        journal.Record(Result("north:41121", files: 4) with { HasListed = true, OldestFile = _clock.UtcNow - TimeSpan.FromMinutes(7), CertificateEnd = _clock.UtcNow + TimeSpan.FromDays(30) });
        var success = _clock.UtcNow;
        Assert.Equal(7, journal.Statuses[0].OldestFileAge(_clock.UtcNow + TimeSpan.FromHours(1))!.Value.TotalMinutes, 0.1);

        for (var i = 0; i < 3; i++)
        {
            _clock.SetBy(TimeSpan.FromHours(1));
            journal.Record(Result("north:41121") with { Error = new TentacleException(TentacleErrorKind.Unreachable, "north:41121 cannot be connected to.") });
        }

        journal.Close(isLast: true);
        var status = JournalReader.ReadStatuses(target.Path).Single();
        Assert.Equal((3L, 4L), (status.FailuresInARow, status.Files));
        Assert.Equal(success, status.LastSuccess!.Value, TimeSpan.FromSeconds(1));
        Assert.Equal(3, status.OldestFileAge(_clock.UtcNow)!.Value.TotalHours, 0.1);
        Assert.Equal(30, (status.CertificateEnd!.Value - success).TotalDays, 0.1);
        Assert.Equal(TentacleErrorKind.Unreachable, status.Error!.Kind);
    }

    [Fact]
    public void The_trend_compares_the_last_hour_with_the_day()
    {
        using var target = Target();
        var journal = Open(target);
        for (var i = 0; i < 48 * 6; i++)
        {
            _clock.SetBy(TimeSpan.FromMinutes(10));
            journal.Record(Result("north:41121", files: 10));
        }

        Assert.Equal(60, journal.Statuses[0].FilesPerHour(_clock.UtcNow), 6.0);
        Assert.Equal(0, journal.Statuses[0].Trend(_clock.UtcNow)!.Value, 12.0);
        for (var i = 0; i < 12; i++)
        {
            _clock.SetBy(TimeSpan.FromMinutes(10));
            journal.Record(Result("north:41121", files: 30));
        }

        Assert.InRange(journal.Statuses[0].Trend(_clock.UtcNow)!.Value, 100, 200);
    }

    [Fact]
    public async Task A_run_by_the_cmdlets_options_is_written_down()
    {
        using var site = new OurServer();
        site.Put(AgentData.Make(1));
        using var target = new SyncTarget();
        var options = target.Options() with { Journal = new JournalLimits() };
        await SyncRunner.DrainAsync([SyncTarget.Site(site.Port), SyncTarget.Site(1, retries: 0)], options, completed: null, TestContext.Current.CancellationToken);

        Assert.Equal(1, JournalReader.Read(target.Incoming.Path, _ => true).Single(r => r.Error is null).Files);
        var statuses = JournalReader.ReadStatuses(target.Incoming.Path);
        Assert.Equal(["127.0.0.1:1", $"127.0.0.1:{site.Port}"], statuses.Select(s => s.Site));
        Assert.Equal(TentacleErrorKind.Unreachable, statuses[0].Error!.Kind);
        Assert.Equal(AgentData.FirstEpoch + 1, new DateTimeOffset(statuses[1].OldestFile!.Value).ToUnixTimeSeconds());
    }

    private static SiteResult Result(string site, int files = 0) => SiteResult.NotCalled(site, null!) with { Files = files, Bytes = 100 * files, Elapsed = TimeSpan.FromMilliseconds(20) };

    private static TempFolder Target()
    {
        var folder = new TempFolder();
        Directory.CreateDirectory(JournalFiles.FolderOf(folder.Path));
        return folder;
    }

    private static IEnumerable<JournalRecord> Read(TempFolder target) => JournalReader.Read(target.Path, _ => true);

    private SyncJournal Open(TempFolder target, JournalLimits? limits = null)
    {
        var journal = new SyncJournal(target.Path, limits ?? new JournalLimits(), _clock, warning => Assert.Fail(warning));
        journal.Open();
        return journal;
    }

    private void Write(TempFolder target, params SiteResult[] results)
    {
        var journal = Open(target);
        foreach (var result in results)
            journal.Record(result);
        journal.Close(isLast: true);
    }
}
