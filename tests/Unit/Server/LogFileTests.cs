using System;
using System.IO;
using System.Linq;
using PandoraSync.Native;
using PandoraSync.Protocol;
using PandoraSync.Server;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.Tests.Server;

/// <summary>A log is bounded, whatever is written to it.</summary>
public sealed class LogFileTests
{
    [Fact]
    public void Review10_A_log_that_has_grown_to_its_limit_is_turned_over_and_the_two_have_the_last_lines()
    {
        using var folder = new TempFolder();
        using (var log = new LogFile(folder["server.log"], maxBytes: 10_000))
        {
            for (var i = 0; i < 1000; i++)
                log.Write(Entry($"line {i}"));
        }

        Assert.Equal(["server.log", "server.log.1"], folder.FileNames());
        Assert.All(folder.FileNames(), n => Assert.InRange(folder.Read(n).Length, 1, 10_000));
        var lines = File.ReadAllLines(folder["server.log.1"]).Concat(File.ReadAllLines(folder["server.log"])).Select(l => l[(l.LastIndexOf(' ') + 1)..]).ToArray();
        Assert.Equal(Enumerable.Range(1000 - lines.Length, lines.Length).Select(i => $"{i}."), lines);
    }

    [Fact]
    public void Review10_A_log_that_is_too_long_already_is_turned_over_at_the_first_line()
    {
        using var folder = new TempFolder();
        folder.Write("server.log", new byte[20_000]);
        using (var log = new LogFile(folder["server.log"], maxBytes: 10_000))
            log.Write(Entry("new"));
        Assert.Equal(20_000, folder.Read("server.log.1").Length);
        Assert.Single(File.ReadAllLines(folder["server.log"]));
    }

    [Fact]
    public void Review10_A_log_goes_on_after_somebody_has_taken_it_away_and_cannot_be_turned_over()
    {
        using var folder = new TempFolder();
        folder.MakeFolder("server.log.1");
        using (var log = new LogFile(folder["server.log"], maxBytes: 1000))
        {
            for (var i = 0; i < 100; i++)
                log.Write(Entry($"line {i}"));
            File.Delete(folder["server.log"]);
            for (var i = 0; i < 100; i++)
                log.Write(Entry($"line {i}"));
        }

        Assert.InRange(folder.Read("server.log").Length, 1, 1000);
        Assert.Contains("line 99.", File.ReadAllText(folder["server.log"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Review10_On_a_disk_that_is_nearly_full_a_log_leaves_nearly_all_of_the_reserve()
    {
        using var disk = new SmallDisk(megabytes: 18);
        using (var log = new LogFile(disk["server.log"]))
        {
            for (var i = 0; i < 100_000; i++)
                log.Write(Entry($"a line of the length that lines of a log usually have, number {i}"));
        }

        Assert.InRange(FileSystemCalls.FreeBytes(disk.Path)!.Value, TentacleLimits.DefaultMinFreeBytes - 2_500_000, long.MaxValue);
    }

    private static TentacleLogEntry Entry(string text) => new(DateTime.UtcNow, TentacleLogLevel.Log, text);
}
