using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.Sync.Staging;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using PandoraSync.Transport;
using Xunit;

namespace PandoraSync.Tests.Sync;

/// <summary>What an interrupted run has left is found again, whatever the site is called by now, or named each time.</summary>
public sealed class LeftoverTests
{
    private static readonly RealProgram Chattr = new("chattr", "e2fsprogs");

    [Theory]
    [InlineData("127.0.0.1", "127.1")]
    [InlineData("127.0.0.1", "::ffff:127.0.0.1")]
    [InlineData("127.0.0.1:41121", "[::ffff:7f00:1]:41121")]
    [InlineData("127.0.0.1", "2130706433")]
    [InlineData("::1", "[::1]:41121")]
    [InlineData("::1", "0:0:0:0:0:0:0:1")]
    [InlineData("fd00::ab", "[FD00:0::AB]")]
    [InlineData("site.example", "SITE.Example")]
    [InlineData("site.example", "site.example.")]
    [InlineData("site.example", "site.example:41121")]
    public void Review05_One_address_is_one_site_however_it_is_written(string one, string other) => Assert.Equal(FolderOf(one), FolderOf(other));

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.2")]
    [InlineData("127.0.0.1", "127.0.0.1:41122")]
    [InlineData("site.example", "site.example.org")]
    [InlineData("::1", "::2")]
    [InlineData("site", "site%")]
    public void Review05_Different_addresses_are_different_sites(string one, string other) => Assert.NotEqual(FolderOf(one), FolderOf(other));

    [Fact]
    public async Task Review05_A_site_that_is_named_in_two_ways_is_drained_once()
    {
        using var server = new StockServer();
        server.Put(AgentData.Make(1));
        using var target = new SyncTarget();
        var results = await DrainAsync(target.Options(), SiteAt("127.0.0.1", server.Port), SiteAt("127.1", server.Port));
        Assert.Equal(1, Assert.Single(results).Files);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.1")]
    [InlineData("127.1", "127.0.0.1")]
    [InlineData("127.1", "127.1")]
    public async Task Review05_A_copy_that_was_left_under_one_spelling_of_an_address_is_finished_under_another(string before, string now)
    {
        var file = AgentData.Make(1);
        using var server = new StockServer();
        using var target = new SyncTarget();
        Put(target, $"{before}%3a{server.Port}", "whole", file);
        var result = Assert.Single(await DrainAsync(target.Options(), SiteAt(now, server.Port)));
        Assert.Equal((1L, 1L), (result.Files, result.Recovered));
        target.HasExactly([file]);
    }

    [Fact]
    public async Task Review05_The_same_copy_under_two_spellings_arrives_once_and_another_copy_arrives_too()
    {
        var (same, one, other) = (AgentData.Make(1), AgentData.Make(2, 2000), AgentData.Make(2, 3000));
        using var server = new StockServer();
        using var target = new SyncTarget();
        foreach (var folder in new[] { "127.0.0.1", "127.1" })
            Put(target, $"{folder}%3a{server.Port}", "whole", same);
        Put(target, $"127.0.0.1%3a{server.Port}", "whole", one);
        Put(target, $"127.1%3a{server.Port}", "whole", other);
        await DrainAsync(target.Options(), SiteAt("127.0.0.1", server.Port));
        await DrainAsync(target.Options(), SiteAt("127.0.0.1", server.Port));
        Assert.Empty(target.Leftovers());
        Assert.Equal([2000, 3000, 4096], target.Incoming.FileNames().Select(n => target.Incoming.Read(n).Length).Order());
    }

    [Fact]
    public async Task Review05_Copies_of_a_site_that_is_not_in_the_run_are_named_each_time_and_kept()
    {
        var file = AgentData.Make(1);
        using var server = new StockServer();
        using var target = new SyncTarget();
        Put(target, "old.example%3a41121", "whole", file);
        Put(target, "old.example%3a41121", "moved", AgentData.Make(2));
        for (var run = 0; run < 2; run++)
        {
            var warnings = new ConcurrentQueue<string>();
            var result = Assert.Single(await DrainAsync(target.Options() with { Warn = warnings.Enqueue }, SyncTarget.Site(server.Port)));
            Assert.True(result.Succeeded, result.ToString());
            var warning = Assert.Single(warnings);
            Assert.StartsWith("2 files of 'old.example:41121', which this run does not drain, still wait in '", warning, StringComparison.Ordinal);
            Assert.Contains(Path.Combine(target.Incoming.Path, ".pandorasync", "old.example%3a41121"), warning, StringComparison.Ordinal);
            Assert.EndsWith(": drain 'old.example:41121' once more, or, if it is never to be called so again, move the files from there into the incoming directory.", warning, StringComparison.Ordinal);
        }

        Assert.Equal(2, target.Leftovers().Length);
    }

    [Fact]
    public async Task Review05_Copies_are_named_when_a_run_that_only_copies_leaves_them_and_when_single_files_are_taken()
    {
        using var server = new StockServer();
        using var target = new SyncTarget();
        Put(target, $"127.0.0.1%3a{server.Port}", "whole", AgentData.Make(1));
        var warnings = new ConcurrentQueue<string>();
        await DrainAsync(target.Options(keepsFiles: true) with { Warn = warnings.Enqueue }, SyncTarget.Site(server.Port));
        Assert.Contains($"1 file of '127.0.0.1:{server.Port}'", Assert.Single(warnings), StringComparison.Ordinal);
        Put(target, "old.example%3a41121", "whole", AgentData.Make(2));
        await SyncRunner.TakeAsync(SyncTarget.Site(server.Port), ["x"], target.Options() with { Warn = warnings.Enqueue }, CancellationToken.None);
        Assert.Contains("1 file of 'old.example:41121'", warnings.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Review05_What_a_server_has_confirmed_to_be_removed_is_delivered_without_that_server()
    {
        var (other, own) = (AgentData.Make(1), AgentData.Make(2));
        using var target = new SyncTarget();
        var (port, arrived) = (ClosedPort(), new ConcurrentQueue<string>());
        Put(target, "old.example%3a41121", "removed", other);
        Put(target, $"127.0.0.1%3a{port}", "removed", own);
        var results = await DrainAsync(target.Options() with { Received = f => arrived.Enqueue($"{f.Site} {f.Name}") }, SyncTarget.Site(port, retries: 0));
        Assert.Equal([$"127.0.0.1:{port} 1 1 False", "old.example:41121 1 1 True"], results.Select(r => $"{r.Site} {r.Files} {r.Recovered} {r.Succeeded}"));
        Assert.Equal([$"127.0.0.1:{port} {own.Name}", $"old.example:41121 {other.Name}"], arrived.Order(StringComparer.Ordinal));
        target.HasExactly([other, own]);
    }

    [Fact]
    public async Task Review05_What_is_incomplete_of_a_site_that_is_not_in_the_run_is_thrown_away()
    {
        using var server = new StockServer();
        using var target = new SyncTarget();
        Put(target, "old.example%3a41121", Path.Combine("part", "x"), AgentData.Make(1));
        await DrainAsync(target.Options(), SyncTarget.Site(server.Port));
        Assert.Empty(target.Leftovers());
    }

    [Fact]
    public async Task Review05_What_a_stock_server_has_confirmed_is_in_its_place_before_the_next_but_one_is_moved()
    {
        var files = AgentData.MakeMany(5);
        using var server = new StockServer();
        foreach (var file in files)
            server.Put(file);
        using var target = new SyncTarget();
        var seen = new ConcurrentQueue<int>();
        server.OnStep = moment =>
        {
            if (moment.Point == StockPoint.Command && moment.Command.StartsWith("MV <", StringComparison.Ordinal))
                seen.Enqueue(target.Incoming.FileNames().Length);
        };
        Assert.True((await target.DrainAsync(server.Port, connections: 1)).Succeeded);
        Assert.Equal([0, 0, 1, 2, 3], seen);
    }

    [Fact]
    public async Task Review05_What_is_confirmed_and_cannot_be_delivered_is_noted_and_delivered_by_any_later_run()
    {
        var files = AgentData.MakeMany(6);
        using var server = new StockServer();
        foreach (var file in files)
            server.Put(file);
        using var target = new SyncTarget();
        var moves = 0;
        server.OnStep = moment =>
        {
            if (moment.Point == StockPoint.Command && moment.Command.StartsWith("MV <", StringComparison.Ordinal) && ++moves == 3)
                ChangeAttribute("+i", target.Incoming);
        };
        try
        {
            var first = await target.DrainAsync(server.Port, connections: 1);
            Assert.Equal(TentacleErrorKind.LocalFile, first.Error?.Kind);
        }
        finally
        {
            ChangeAttribute("-i", target.Incoming);
        }

        var removed = Directory.GetFiles(Path.Combine(target.Incoming.Path, ".pandorasync", $"127.0.0.1%3a{server.Port}", "removed"));
        Assert.NotEmpty(removed);
        Assert.All(removed, path => Assert.False(server.Has(Path.GetFileName(path))));
        var before = target.Incoming.FileNames().Length;
        await DrainAsync(target.Options(), SyncTarget.Site(ClosedPort(), retries: 0));
        Assert.Equal(before + removed.Length, target.Incoming.FileNames().Length);
        server.OnStep = null;
        Assert.True((await target.DrainAsync(server.Port)).Succeeded);
        target.HasExactly(files);
    }

    private static string FolderOf(string address) => new SyncSite(new TentacleClientOptions(TentacleEndpoint.Parse(address))).FolderName;

    private static SyncSite SiteAt(string host, int port) => new(new TentacleClientOptions(new TentacleEndpoint(host, port)) { Timeout = TimeSpan.FromSeconds(10) });

    private static async Task<IReadOnlyList<SiteResult>> DrainAsync(SyncOptions options, params SyncSite[] sites) =>
        await Eventually.Ends(SyncRunner.DrainAsync(sites, options, completed: null, CancellationToken.None), "the drain", TimeSpan.FromSeconds(60));

    private static void Put(SyncTarget target, string site, string folder, AgentData file) =>
        target.Incoming.Write(Path.Combine(".pandorasync", site, folder, file.Name), file.Content);

    private static int ClosedPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static void ChangeAttribute(string change, TempFolder folder)
    {
        var result = Chattr.RunAsync([change, folder.Path]).GetAwaiter().GetResult();
        Assert.True(result.ExitCode == 0, result.ToString());
    }
}
