using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Sync;

/// <summary>Files that a server cannot give, for which a stock server just closes the connection: they are named, and cost the others nothing.</summary>
public sealed class BadFileTests
{
    [Theory]
    [InlineData(false, "RECV")]
    [InlineData(false, "MV")]
    [InlineData(true, "RECV")]
    public async Task Review06_Two_bad_files_among_eight_are_left_in_each_run_and_the_six_good_ones_arrive(bool keepsFiles, string verb)
    {
        var files = AgentData.MakeMany(20);
        var bad = files[..2];
        using var server = With(bad, verb, bad);
        using var target = new SyncTarget();
        for (var run = 0; run < 3; run++)
        {
            var good = files[(2 + (6 * run))..(8 + (6 * run))];
            foreach (var file in good)
                server.Put(file);
            var result = await target.DrainAsync(SyncTarget.Site(server.Port), keepsFiles, connections: 1);
            Assert.Null(result.Error);
            Assert.Equal(bad.Select(f => f.Name).Order(StringComparer.Ordinal), result.Skipped.Select(l => l.Name).Order(StringComparer.Ordinal));
            Assert.All(good, f => Assert.Equal(f.Content, target.Incoming.Read(f.Name)));
            Assert.All(bad, f => Assert.True(server.Has(f.Name)));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Review06_Twelve_bad_files_among_412_are_left_and_the_other_400_arrive(int connections)
    {
        var files = AgentData.MakeMany(412, AgentData.LeastBytes);
        var bad = files[..12];
        using var server = With(files, "RECV", bad);
        using var target = new SyncTarget();
        var result = await target.DrainAsync(SyncTarget.Site(server.Port), connections: connections);
        Assert.Null(result.Error);
        Assert.Equal((400L, 12L), (result.Files, result.SkippedCount));
        target.HasExactly(files[12..]);
        Assert.Equal(bad.Select(f => f.Name).Order(StringComparer.Ordinal), server.FileNames());
    }

    [Fact]
    public async Task Review06_A_site_that_gives_no_file_at_all_has_failed()
    {
        var files = AgentData.MakeMany(3);
        using var server = With(files, "RECV", files);
        using var target = new SyncTarget();
        var result = await target.DrainAsync(SyncTarget.Site(server.Port), connections: 1);
        Assert.Equal(TentacleErrorKind.Disconnected, result.Error?.Kind);
        Assert.Equal(3, result.SkippedCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_site_that_lists_its_files_and_lets_each_wait_in_vain_is_given_up_long_before_all_have_been_tried(int connections)
    {
        using var server = new StockServer();
        foreach (var file in AgentData.MakeMany(200, AgentData.LeastBytes))
            server.Put(file);
        var asked = 0;
        server.OnStep = moment =>
        {
            if (moment.Point != StockPoint.Content || !string.Equals(moment.Command, "RECV OK", StringComparison.Ordinal))
                return;
            Interlocked.Increment(ref asked);
            moment.Data = [];
        };
        using var target = new SyncTarget();
        var result = await target.DrainAsync(SyncTarget.Site(server.Port, TimeSpan.FromMilliseconds(200), retries: 0), connections: connections);
        Assert.Equal(TentacleErrorKind.Timeout, result.Error?.Kind);
        Assert.InRange(asked, 20, 60);
        Assert.Equal(200, server.FileNames().Length);
    }

    [Fact]
    public async Task Review06_A_copy_of_an_earlier_run_that_cannot_be_read_is_named_and_stops_nothing()
    {
        var files = AgentData.MakeMany(3);
        using var server = With(files, "RECV", []);
        using var target = new SyncTarget();
        using var held = new FileStream(target.Incoming.Write($".pandorasync/127.0.0.1%3a{server.Port}/whole/held.1.data", "x"), FileMode.Open, FileAccess.Read, FileShare.None);
        var result = await target.DrainAsync(SyncTarget.Site(server.Port), connections: 1);
        Assert.Null(result.Error);
        Assert.Equal("held.1.data", Assert.Single(result.Skipped).Name);
        Assert.All(files, f => Assert.True(target.Incoming.Has(f.Name)));
    }

    private static StockServer With(AgentData[] files, string verb, AgentData[] bad)
    {
        var server = new StockServer();
        foreach (var file in files)
            server.Put(file);
        var commands = bad.Select(f => $"{verb} <{f.Name}>").ToHashSet(StringComparer.Ordinal);
        server.OnStep = moment =>
        {
            if (moment.Point == StockPoint.Command && commands.Contains(moment.Command))
                moment.Close();
        };
        return server;
    }
}
