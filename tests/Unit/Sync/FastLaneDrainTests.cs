using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using PandoraSync.Sync;
using PandoraSync.Sync.Staging;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Sync;

/// <summary>Drains from our own server, with many questions under way at once (protocol.md, section 9).</summary>
public sealed class FastLaneDrainTests
{
    [Fact]
    public async Task A_site_of_ours_is_drained_without_a_single_move()
    {
        var files = AgentData.MakeMany(600);
        using var ours = With(files);
        using var target = new SyncTarget();
        var result = await target.DrainAsync(ours.Port);
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly(files);
        Assert.Empty(ours.Buffer.FileNames());
        Assert.Equal((600, 600), (ours.Server.Counters.FilesGiven, ours.Server.Counters.FilesMoved));
        Assert.Equal(600, ours.Log.Count(l => l.Text.Contains("received", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Files_of_every_size_come_through_one_conversation()
    {
        var sizes = new[] { 1, 4095, 4096, 65_535, 65_536, 65_537, 300_000, 5_000_000 };
        var files = Enumerable.Range(0, 64).Select(n => AgentData.Make(n, 1100) with { Content = AgentData.Noise(n, sizes[n % sizes.Length]) }).ToArray();
        using var ours = With(files);
        File.WriteAllBytes(ours.Buffer["empty.1760000000.data"], []);
        using var target = new SyncTarget();
        var result = await target.DrainAsync(ours.Port, connections: 1);
        Assert.True(result.Succeeded, result.ToString());
        Assert.Equal("fast lane", result.AskedBy);
        target.HasExactly([.. files, new AgentData("empty.1760000000.data", AgentData.FirstEpoch, [])]);
        Assert.Empty(ours.Buffer.FileNames());
    }

    [Fact]
    public async Task Copies_leave_everything_where_it_is()
    {
        var files = AgentData.MakeMany(300);
        using var ours = With(files);
        using var target = new SyncTarget();
        var result = await target.DrainAsync(ours.Port, keepsFiles: true);
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly(files);
        Assert.Equal(300, ours.Buffer.FileNames().Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_after_run_leaves_no_folders_behind(bool keepsFiles)
    {
        using var ours = With([]);
        using var target = new SyncTarget();
        foreach (var n in Enumerable.Range(0, 6))
        {
            ours.Put(AgentData.Make(n));
            Assert.True((await target.DrainAsync(ours.Port, keepsFiles)).Succeeded);
        }

        Assert.Empty(Directory.GetDirectories(Path.Combine(target.Incoming[".pandorasync"], SyncTarget.Site(ours.Port).FolderName, "part")));
    }

    [Fact]
    public async Task What_comes_slowly_is_delivered_while_the_rest_comes()
    {
        var files = AgentData.MakeMany(60, 1_000_000);
        using var ours = With(files);

        // About half of all gets through, and then nothing more until something has been delivered.
        using var line = new FaultProxy(new IPEndPoint(IPAddress.Loopback, ours.Port), toClient: _ => new FaultPlan { StallAt = 35_000_000 });
        using var target = new SyncTarget();
        var draining = target.DrainAsync(line.Port, connections: 1);
        await Eventually.BecomesTrue(() => target.Incoming.FileNames().Length > 0, "the first files are delivered");
        line.Release();
        Assert.True((await draining).Succeeded);
        target.HasExactly(files);
    }

    [Fact]
    public async Task A_name_that_is_listed_twice_is_one_file()
    {
        var file = AgentData.Make(1);
        using var stock = new StockServer();
        stock.Put(file);
        stock.OnStep = moment =>
        {
            if (moment.Command.StartsWith("LS", StringComparison.Ordinal) && moment.Point == StockPoint.Reply)
                moment.Say($"LS SIZE {2 * (file.Name.Length + 1)}\n");
            if (moment.Command.StartsWith("LS", StringComparison.Ordinal) && moment.Point == StockPoint.Content)
                moment.Say($"{file.Name}\n{file.Name}\n");
        };
        using var target = new SyncTarget();
        var result = await target.DrainAsync(stock.Port);
        Assert.True(result.Succeeded, result.ToString());
        Assert.Contains(target.Story, s => s.Contains(": 1 files to take", StringComparison.Ordinal));
        target.HasExactly([file]);
    }

    [Fact]
    public async Task A_leftover_that_must_not_be_asked_for_is_named_and_stops_nothing()
    {
        var file = AgentData.Make(1);
        using var ours = With([file]);
        using var target = new SyncTarget();
        PutWhole(target, ours.Port, file with { Name = "a$b.1.data" });
        var result = await target.DrainAsync(ours.Port);
        Assert.Equal("a$b.1.data", Assert.Single(result.Skipped).Name);
        Assert.True(target.Incoming.Has(file.Name));
    }

    [Fact]
    public async Task A_file_that_vanishes_before_it_is_asked_for_is_not_an_error()
    {
        var files = AgentData.MakeMany(20);
        using var ours = With(files);
        using var proxy = new FaultProxy(new IPEndPoint(IPAddress.Loopback, ours.Port), toServer: _ => new FaultPlan { StallAt = 60 });
        using var target = new SyncTarget();
        var draining = target.DrainAsync(proxy.Port, connections: 1);
        await Eventually.BecomesTrue(() => ours.Log.Any(l => l.Text.Contains("listed", StringComparison.Ordinal)), "the buffer has been listed");
        File.Delete(ours.Buffer[files[7].Name]);
        proxy.Release();
        var result = await draining;
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly(files.Where(f => f != files[7]));
    }

    [Fact]
    public async Task A_file_that_is_replaced_before_it_is_deleted_is_taken_again_with_its_new_content()
    {
        var (old, newer) = (AgentData.Make(1, 2000), AgentData.Make(1, 3000));
        using var ours = With([old]);

        // Up to the deletion: the probe, the listing, the file, and then nothing more until the file is another.
        var said = $"RECV <.pandorasync>\nLS <>\nLS OK\nRECV <{old.Name}>\nRECV OK\n";
        using var proxy = new FaultProxy(new IPEndPoint(IPAddress.Loopback, ours.Port), toServer: _ => new FaultPlan { StallAt = said.Length });
        using var target = new SyncTarget();
        var draining = target.DrainAsync(proxy.Port, connections: 1);
        await Eventually.BecomesTrue(() => Whole(target, proxy.Port).Length == 1, "the copy is whole");
        ours.Put(newer);
        proxy.Release();
        var result = await draining;
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly([newer]);
        Assert.Empty(ours.Buffer.FileNames());
    }

    [Fact]
    public async Task A_recovered_copy_of_a_file_that_is_still_there_is_delivered_once()
    {
        var file = AgentData.Make(1);
        using var ours = With([file]);
        using var target = new SyncTarget();
        PutWhole(target, ours.Port, file);
        var result = await target.DrainAsync(ours.Port);
        Assert.Equal((1L, 1L), (result.Files, result.Recovered));
        target.HasExactly([file]);
        Assert.Empty(ours.Buffer.FileNames());
    }

    [Fact]
    public async Task A_recovered_copy_of_a_file_that_is_gone_is_delivered()
    {
        var file = AgentData.Make(1);
        using var ours = With([]);
        using var target = new SyncTarget();
        PutWhole(target, ours.Port, file);
        var result = await target.DrainAsync(ours.Port);
        Assert.Equal((1L, 1L), (result.Files, result.Recovered));
        target.HasExactly([file]);
    }

    [Fact]
    public async Task A_recovered_copy_whose_name_another_file_has_now_is_delivered_along_with_that()
    {
        var (old, newer) = (AgentData.Make(1, 2000), AgentData.Make(1, 3000));
        using var ours = With([newer]);
        using var target = new SyncTarget();
        PutWhole(target, ours.Port, old);
        var result = await target.DrainAsync(ours.Port);
        Assert.True(result.Succeeded, result.ToString());
        var contents = target.Incoming.FileNames().Select(target.Incoming.Read).OrderBy(c => c.Length).ToArray();
        Assert.Equal([old.Content, newer.Content], contents);
        Assert.Empty(ours.Buffer.FileNames());
        Assert.Empty(target.Leftovers());
    }

    [Fact]
    public async Task A_recovered_copy_that_is_the_beginning_of_the_file_is_not_delivered()
    {
        var file = AgentData.Make(1);
        using var ours = With([file]);
        using var target = new SyncTarget();
        PutWhole(target, ours.Port, file with { Content = file.Content[..1000] });
        var result = await target.DrainAsync(ours.Port);
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly([file]);
    }

    [Fact]
    public async Task A_file_that_another_client_is_moving_is_left_and_named()
    {
        var files = AgentData.MakeMany(5);
        using var ours = With(files);
        using var mover = new PlainClient(ours.Port);
        Assert.Equal("MV SIZE 4096", mover.Ask($"MV <{files[2].Name}>"));
        using var target = new SyncTarget();
        var result = await target.DrainAsync(ours.Port);
        Assert.Equal(files[2].Name, Assert.Single(result.Skipped).Name);
        target.HasExactly(files.Where(f => f != files[2]));
        Assert.Equal([files[2].Name], ours.Buffer.FileNames());
    }

    [Fact]
    public async Task A_server_that_announces_it_and_then_cannot_do_it_loses_nothing()
    {
        var files = AgentData.MakeMany(5);
        using var stock = new StockServer();
        foreach (var file in files)
            stock.Put(file);
        stock.OnStep = moment =>
        {
            if (moment.Command.Contains(".pandorasync", StringComparison.Ordinal) && moment.Point == StockPoint.Reply)
                moment.Data = System.Text.Encoding.UTF8.GetBytes("RECV ERR (file does not exist; fast lane 1)\n");
        };
        using var target = new SyncTarget();
        var result = await target.DrainAsync(SyncTarget.Site(stock.Port, retries: 1), connections: 1);
        Assert.NotNull(result.Error);
        Assert.Equal(5, stock.FileNames().Length + target.Incoming.FileNames().Length);
    }

    private static OurServer With(AgentData[] files)
    {
        var ours = new OurServer();
        foreach (var file in files)
            ours.Put(file);
        return ours;
    }

    private static string[] Whole(SyncTarget target, int port) => Directory.Exists(StagingOf(target, port)) ? Directory.GetFiles(StagingOf(target, port)) : [];

    private static void PutWhole(SyncTarget target, int port, AgentData file) =>
        target.Incoming.Write(Path.GetRelativePath(target.Incoming.Path, Path.Combine(StagingOf(target, port), file.Name)), file.Content);

    private static string StagingOf(SyncTarget target, int port) => Path.Combine(target.Incoming.Path, ".pandorasync", SyncTarget.Site(port).FolderName, "whole");
}
