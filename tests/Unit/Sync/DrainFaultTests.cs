using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.Sync.Staging;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Sync;

/// <summary>Whatever breaks, each file is whole on one side, and reaches the incoming directory once.</summary>
public sealed class DrainFaultTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    public static TheoryData<bool, bool, int> Cuts
    {
        get
        {
            var cuts = new TheoryData<bool, bool, int>();
            foreach (var stock in new[] { true, false })
            {
                foreach (var toServer in new[] { true, false })
                {
                    foreach (var at in toServer ? new[] { 33, 60, 130, 200, 230, 300, 420 } : new[] { 1, 120, 300, 3000, 9000, 20000, 33000 })
                        cuts.Add(stock, toServer, at);
                }
            }

            return cuts;
        }
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task Each_file_arrives_once_although_every_second_connection_is_cut(bool stock, bool toServer, int at)
    {
        var files = AgentData.MakeMany(8);
        using var stockServer = new StockServer();
        using var ours = new OurServer();
        foreach (var file in files)
        {
            stockServer.Put(file);
            ours.Put(file);
        }

        var cut = new FaultPlan { CutAt = at, CutByReset = at % 2 == 0 };
        var none = new FaultPlan();
        using var proxy = new FaultProxy(
            stock ? stockServer.EndPoint : new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, ours.Port),
            toServer: n => toServer && n % 2 == 1 ? cut : none,
            toClient: n => !toServer && n % 2 == 1 ? cut : none);
        using var target = new SyncTarget();
        var result = await target.DrainAsync(SyncTarget.Site(proxy.Port, Short, retries: 5), connections: 1);
        Assert.True(result.Succeeded, $"{result}\n{string.Join('\n', target.Story)}");
        target.HasExactly(files);
        Assert.Empty(stock ? stockServer.FileNames() : ours.Buffer.FileNames());
        Assert.True(proxy.Connections > 1, "no connection was cut");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_drain_that_is_cancelled_is_finished_by_the_next(bool stock)
    {
        var files = AgentData.MakeMany(1500, AgentData.LeastBytes);
        using var stockServer = new StockServer();
        using var ours = new OurServer();
        foreach (var file in files)
        {
            stockServer.Put(file);
            ours.Put(file);
        }

        var port = stock ? stockServer.Port : ours.Port;
        using var target = new SyncTarget();
        using var cancel = new CancellationTokenSource();
        var some = target.Options() with { Received = _ => cancel.Cancel() };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SyncRunner.DrainAsync([SyncTarget.Site(port)], some, completed: null, cancel.Token));
        var before = target.Incoming.FileNames().Length;
        Assert.InRange(before, 1, 1499);
        var result = await target.DrainAsync(port);
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly(files);
        Assert.Equal(1500, before + result.Files);
    }

    [Fact]
    public async Task A_copy_that_a_crashed_run_left_whole_is_delivered_when_the_server_no_longer_has_the_file()
    {
        var file = AgentData.Make(1);
        using var server = new StockServer();
        using var target = new SyncTarget();
        PutWhole(target, server.Port, file);
        var result = await target.DrainAsync(server.Port);
        Assert.Equal((1L, 1L), (result.Files, result.Recovered));
        target.HasExactly([file]);
    }

    [Fact]
    public async Task A_copy_that_a_crashed_run_left_whole_is_moved_when_the_server_still_has_the_file()
    {
        var file = AgentData.Make(1);
        using var server = new StockServer();
        server.Put(file);
        using var target = new SyncTarget();
        PutWhole(target, server.Port, file);
        var result = await target.DrainAsync(server.Port);
        Assert.Equal((1L, 1L), (result.Files, result.Recovered));
        target.HasExactly([file]);
        Assert.Empty(server.FileNames());
    }

    [Fact]
    public async Task A_line_that_ends_before_the_last_word_leaves_no_file_on_both_sides()
    {
        var file = AgentData.Make(1);
        using var ours = new OurServer();
        ours.Put(file);
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file.Content));
        var said = $"RECV <.pandorasync>\nLS <>\nLS OK\nRECV <{file.Name}>\nRECV OK\nDEL <{file.Name}> SHA256 {digest}\n";
        using var proxy = new FaultProxy(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, ours.Port), toServer: n => new FaultPlan { CutAt = n == 1 ? said.Length : null });
        using var target = new SyncTarget();
        var result = await target.DrainAsync(SyncTarget.Site(proxy.Port, Short), connections: 1);
        Assert.True(result.Succeeded, $"{result}\n{string.Join('\n', target.Story)}");
        target.HasExactly([file]);
        Assert.Empty(ours.Buffer.FileNames());
        Assert.Equal(2, proxy.Connections);
    }

    [Fact]
    public async Task Another_file_that_has_the_name_of_a_recovered_copy_is_not_moved_before_there_is_a_copy_of_it_too()
    {
        var (moved, newer) = (AgentData.Make(1, 2000), AgentData.Make(1, 3000));
        using var server = new StockServer();
        server.Put(newer);
        var breaks = 0;
        server.OnStep = moment =>
        {
            // The line breaks in the first move, and a stock server deletes the file all the same.
            if (moment.Point == StockPoint.Deleted && Interlocked.Increment(ref breaks) == 1)
                moment.Reset();
            if (moment.Point == StockPoint.Content && moment.Command.StartsWith("MV", StringComparison.Ordinal) && Volatile.Read(ref breaks) == 0)
                moment.Data = newer.Content[..100];
        };
        using var target = new SyncTarget();
        PutWhole(target, server.Port, moved);
        var result = await target.DrainAsync(SyncTarget.Site(server.Port, Short), connections: 1);
        Assert.True(result.Succeeded, $"{result}\n{string.Join('\n', target.Story)}");
        var contents = target.Incoming.FileNames().Select(n => target.Incoming.Read(n)).OrderBy(c => c.Length).ToArray();
        Assert.Equal([moved.Content, newer.Content], contents);
        Assert.Empty(target.Leftovers());
    }

    [Fact]
    public async Task A_part_that_a_crashed_run_left_is_thrown_away_and_the_file_taken_anew()
    {
        var file = AgentData.Make(1);
        using var server = new StockServer();
        server.Put(file);
        using var target = new SyncTarget();
        var part = Path.Combine(StagingOf(target, server.Port), "part", "0000000000000001");
        target.Incoming.Write(Path.GetRelativePath(target.Incoming.Path, part), "half");
        var result = await target.DrainAsync(server.Port);
        Assert.Equal((1L, 0L), (result.Files, result.Recovered));
        target.HasExactly([file]);
    }

    [Fact]
    public async Task A_missing_incoming_directory_is_named()
    {
        using var folder = new TempFolder();
        var error = await Assert.ThrowsAsync<TentacleException>(() => SyncRunner.DrainAsync([SyncTarget.Site(1)], new SyncOptions(folder["none"]), completed: null, CancellationToken.None));
        Assert.Equal($"The incoming directory '{folder["none"]}' does not exist: create it or correct the path.", error.Message);
    }

    [Fact]
    public async Task A_second_run_on_the_same_incoming_directory_is_refused()
    {
        using var server = new StockServer();
        server.Put(AgentData.Make(1));
        var asked = new TaskCompletionSource();
        var goOn = new ManualResetEventSlim();
        server.OnStep = moment =>
        {
            if (!moment.Command.StartsWith("LS", StringComparison.Ordinal))
                return;
            asked.TrySetResult();
            goOn.Wait(TimeSpan.FromSeconds(20));
        };
        using var target = new SyncTarget();
        var first = target.DrainAsync(SyncTarget.Site(server.Port, TimeSpan.FromSeconds(30)));
        await Eventually.Ends(asked.Task, "the first run reaches the server");
        var error = await Assert.ThrowsAsync<TentacleException>(() => target.DrainAsync(server.Port));
        Assert.Equal(TentacleErrorKind.Busy, error.Kind);
        goOn.Set();
        Assert.True((await first).Succeeded);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\n")]
    [InlineData("LS SIZE minus\n")]
    [InlineData("LS SIZE 999999999999\n")]
    [InlineData("RECV SIZE 5\n")]
    public async Task A_listing_that_is_not_Tentacle_is_an_error_of_that_site(string answer)
    {
        using var server = new StockServer();
        server.OnStep = moment =>
        {
            if (moment.Command.StartsWith("LS", StringComparison.Ordinal) && moment.Data is not null)
                moment.Say(answer);
        };
        using var target = new SyncTarget();
        var result = await target.DrainAsync(SyncTarget.Site(server.Port, Short, retries: 0));
        Assert.NotNull(result.Error);
        Assert.Contains(result.Error.Kind, new[] { TentacleErrorKind.Protocol, TentacleErrorKind.TooLarge });
        Assert.StartsWith($"127.0.0.1:{server.Port} ", result.Error.Message, StringComparison.Ordinal);
        Assert.EndsWith("(step: LS).", result.Error.Message, StringComparison.Ordinal);
    }

    private static string StagingOf(SyncTarget target, int port) => Path.Combine(target.Incoming.Path, ".pandorasync", $"127.0.0.1%3a{port}");

    private static void PutWhole(SyncTarget target, int port, AgentData file)
    {
        var whole = Path.Combine(StagingOf(target, port), "whole", file.Name);
        target.Incoming.Write(Path.GetRelativePath(target.Incoming.Path, whole), file.Content);
    }
}
