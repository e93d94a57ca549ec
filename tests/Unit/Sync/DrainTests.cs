using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.Sync.Staging;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Sync;

public sealed class DrainTests
{
    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 4)]
    [InlineData(false, 1)]
    [InlineData(false, 4)]
    public async Task A_buffer_is_drained_byte_for_byte(bool stock, int connections)
    {
        var files = AgentData.MakeMany(200);
        using var buffer = Buffer(stock, files);
        using var target = new SyncTarget();
        var result = await target.DrainAsync(buffer.Port, connections: connections);
        Assert.True(result.Succeeded, result.ToString());
        Assert.Equal((200L, files.Sum(f => (long)f.Content.Length)), (result.Files, result.Bytes));
        Assert.Equal(!stock, result.AskedBy is "fast lane");
        Assert.Empty(buffer.FileNames());
        target.HasExactly(files);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_copy_leaves_the_buffer_as_it_is(bool stock)
    {
        var files = AgentData.MakeMany(20);
        using var buffer = Buffer(stock, files);
        using var target = new SyncTarget();
        var result = await target.DrainAsync(buffer.Port, keepsFiles: true);
        Assert.Equal(20, result.Files);
        Assert.Equal(20, buffer.FileNames().Length);
        target.HasExactly(files);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Empty_files_arrive_too(bool stock, bool keepsFiles)
    {
        var files = new[] { new AgentData("empty.1760000000.data", 1_760_000_000, []), AgentData.Make(1), new AgentData("void.1760000005.data", 1_760_000_005, []) };
        using var buffer = Buffer(stock, files);
        using var target = new SyncTarget();
        var result = await target.DrainAsync(buffer.Port, keepsFiles, 1);
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly(files);
    }

    [Fact]
    public async Task Files_come_oldest_first_and_carry_the_time_of_their_name()
    {
        using var server = new StockServer();
        foreach (var name in new[] { "zz.100.data", "aa.300.data", "mm.200.data", "plain.txt", "mm_150.data" })
            server.Put(name, "x"u8.ToArray());
        using var target = new SyncTarget();
        await target.DrainAsync(server.Port, connections: 1);
        var order = server.Commands.Where(c => c.StartsWith("RECV <", StringComparison.Ordinal) && !c.Contains("pandorasync", StringComparison.Ordinal)).Select(c => c[6..].TrimEnd('>', '\n'));
        Assert.Equal(["zz.100.data", "mm_150.data", "mm.200.data", "aa.300.data", "plain.txt"], order);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(300).UtcDateTime, File.GetLastWriteTimeUtc(target.Incoming["aa.300.data"]));
    }

    [Fact]
    public async Task A_name_that_other_content_has_is_not_overwritten()
    {
        using var server = new StockServer();
        server.Put("agent.100.data", "new"u8.ToArray());
        using var target = new SyncTarget();
        target.Incoming.Write("agent.100.data", "old");
        target.Incoming.Write("agent.101.data", "other");
        var result = await target.DrainAsync(server.Port);
        Assert.True(result.Succeeded);
        Assert.Equal(["agent.100.data", "agent.101.data", "agent.102.data"], target.Incoming.FileNames());
        Assert.Equal(["old", "other", "new"], target.Incoming.FileNames().Select(n => Encoding.ASCII.GetString(target.Incoming.Read(n))));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(100).UtcDateTime, File.GetLastWriteTimeUtc(target.Incoming["agent.102.data"]));
    }

    [Fact]
    public async Task A_site_that_offers_very_many_bad_names_fills_no_memory_with_them()
    {
        using var server = new StockServer();
        var good = AgentData.Make(1);
        server.Put(good);
        for (var i = 0; i < SiteResult.MostNamed + 500; i++)
            server.Put($"{i}|.1.data", "x"u8.ToArray());
        using var target = new SyncTarget();
        var result = await target.DrainAsync(server.Port);
        Assert.Equal((1L, SiteResult.MostNamed, SiteResult.MostNamed + 500L, false), (result.Files, result.Skipped.Count, result.SkippedCount, result.Succeeded));
    }

    [Fact]
    public async Task A_name_of_the_greatest_length_comes_twice_and_holds_nothing_up()
    {
        var name = new string('a', 250) + ".data";
        using var target = new SyncTarget();
        foreach (var content in new[] { "one", "two!" })
        {
            using var server = new StockServer();
            server.Put(name, Encoding.ASCII.GetBytes(content));
            server.Put($"{content.Length}.100.data", "honest"u8.ToArray());
            var result = await target.DrainAsync(server.Port);
            Assert.True(result.Succeeded, result.ToString());
        }

        Assert.Equal(["honest", "honest", "one", "two!"], target.Incoming.FileNames().Select(n => Encoding.ASCII.GetString(target.Incoming.Read(n))).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Folders_are_left_alone_and_unsafe_names_are_named_but_never_asked_for()
    {
        using var server = new StockServer();
        foreach (var folder in new[] { "conf", "md5", "collections", "trans", "commands", "own" })
            Directory.CreateDirectory(Path.Combine(server.Folder, folder));
        var good = AgentData.Make(1);
        server.Put(good);
        foreach (var name in new[] { "a|b.1.data", " lead.1.data", "tail.1.data ", "$(x).1.data", "q\"q.1.data", "b`b.1.data", "c\u0001.1.data", "p%p.1.data" })
            server.Put(name, "x"u8.ToArray());
        using var target = new SyncTarget();
        var result = await target.DrainAsync(server.Port);
        Assert.Null(result.Error);
        Assert.Equal(8, result.Skipped.Count);
        Assert.All(result.Skipped, l => Assert.StartsWith("The name is unsafe to ask a server for: ", l.Reason, StringComparison.Ordinal));
        Assert.All(result.Skipped, l => Assert.Equal(TentacleErrorKind.BadName, l.Kind));
        target.HasExactly([good]);
        var asked = server.Commands.Where(c => c.StartsWith("RECV", StringComparison.Ordinal) || c.StartsWith("MV", StringComparison.Ordinal)).ToArray();
        Assert.All(asked, c => Assert.Matches(@"^((RECV|MV) (<\.pandorasync>|<own>|<[0-9a-f]{32}\.\d+\.data>|OK)|RECV <(conf|md5|collections|trans|commands)>|RECV CANCEL)\n?$", c));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Review04_Hidden_files_and_those_named_like_the_agents_folders_are_named_as_left_and_folders_are_not(bool isOurs)
    {
        using var stock = new StockServer();
        using var ours = new OurServer();
        var buffer = isOurs ? ours.Buffer.Path : stock.Folder;
        foreach (var folder in new[] { "md5", "collections", "trans", "commands" })
            Directory.CreateDirectory(Path.Combine(buffer, folder));
        var good = AgentData.Make(1);
        await File.WriteAllBytesAsync(Path.Combine(buffer, good.Name), good.Content, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(buffer, ".hidden"), "x", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(buffer, "conf"), "x", TestContext.Current.CancellationToken);
        using var target = new SyncTarget();
        var result = await target.DrainAsync(isOurs ? ours.Port : stock.Port);
        Assert.Null(result.Error);
        target.HasExactly([good]);
        Assert.Equal(
            [(".hidden", "Files of that name are not fetched: it is hidden: it begins with a dot."), ("conf", "Files of that name are not fetched: it is the name of a folder for the agents' own files.")],
            result.Skipped.Select(l => (l.Name, l.Reason)).Order());
    }

    [Fact]
    public async Task Unsafe_names_are_counted_once_although_the_listing_broke_off_and_was_read_again()
    {
        using var server = new StockServer();
        for (var i = 0; i < 20; i++)
            server.Put($"un|safe.{i}.data", "x"u8.ToArray());
        var isFirst = true;
        using var proxy = new FaultProxy(server.EndPoint, toServer: _ => new FaultPlan(), toClient: _ =>
        {
            var plan = isFirst ? new FaultPlan { CutAt = 200 } : new FaultPlan();
            isFirst = false;
            return plan;
        });
        using var target = new SyncTarget();
        var result = await target.DrainAsync(proxy.Port);
        Assert.Null(result.Error);
        Assert.Contains(target.Story, s => s.Contains("Trying again", StringComparison.Ordinal));
        Assert.Equal(20, result.SkippedCount);
    }

    [Fact]
    public async Task A_file_that_vanishes_meanwhile_is_no_error()
    {
        var files = AgentData.MakeMany(10);
        using var server = new StockServer();
        foreach (var file in files)
            server.Put(file);
        server.OnStep = moment =>
        {
            if (moment.Command.StartsWith("RECV <" + files[0].Name, StringComparison.Ordinal))
                File.Delete(Path.Combine(server.Folder, files[5].Name));
        };
        using var target = new SyncTarget();
        var result = await target.DrainAsync(server.Port, connections: 1);
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly(files.Where(f => f != files[5]));
    }

    [Fact]
    public async Task A_file_that_grows_while_it_is_taken_arrives_once_and_whole()
    {
        using var server = new StockServer();
        var whole = AgentData.Make(1, 8000);
        var half = whole.Content.AsSpan(0, 3000).ToArray();
        server.Put(whole.Name, half);
        server.OnStep = moment =>
        {
            // It grows after the copy was made, before it is moved.
            if (moment.Command.StartsWith("MV <", StringComparison.Ordinal) && server.Has(whole.Name) && server.Read(whole.Name).Length == 3000)
                server.Put(whole);
        };
        using var target = new SyncTarget();
        var result = await target.DrainAsync(server.Port, connections: 1);
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly([whole]);
        Assert.Empty(server.FileNames());
    }

    [Fact]
    public async Task A_file_that_is_overwritten_at_the_same_size_before_the_move_arrives_in_both_versions()
    {
        using var server = new StockServer();
        server.Put("agent.100.data", "first!"u8.ToArray());
        server.OnStep = moment =>
        {
            if (moment.Command.StartsWith("MV <", StringComparison.Ordinal) && server.Has("agent.100.data"))
                server.Put("agent.100.data", "second"u8.ToArray());
        };
        using var target = new SyncTarget();
        var result = await target.DrainAsync(server.Port, connections: 1);
        Assert.True(result.Succeeded, result.ToString());
        Assert.Equal(["first!", "second"], target.Incoming.FileNames().Select(n => Encoding.ASCII.GetString(target.Incoming.Read(n))).Order(StringComparer.Ordinal));
        Assert.Empty(target.Leftovers());
    }

    [Fact]
    public async Task Several_sites_are_drained_side_by_side_and_one_that_fails_does_not_keep_the_others()
    {
        var one = AgentData.MakeMany(30);
        var two = AgentData.MakeMany(60).Skip(30).ToArray();
        using var first = new OurServer();
        using var second = new StockServer();
        foreach (var file in one)
            first.Put(file);
        foreach (var file in two)
            second.Put(file);
        using var target = new SyncTarget();
        var dead = SyncTarget.Site(1, retries: 0);
        var results = await SyncRunner.DrainAsync([dead, SyncTarget.Site(first.Port), SyncTarget.Site(second.Port)], target.Options(), completed: null, TestContext.Current.CancellationToken);
        Assert.Equal(TentacleErrorKind.Unreachable, results[0].Error!.Kind);
        Assert.Equal("127.0.0.1:1 cannot be connected to (connection refused): check that a Tentacle server listens there.", results[0].Error!.Message);
        Assert.Equal([30L, 30L], results.Skip(1).Select(r => r.Files));
        target.HasExactly(one.Concat(two));
    }

    [Fact]
    public async Task A_server_that_lets_in_one_connection_is_drained_through_it()
    {
        var files = AgentData.MakeMany(100);
        using var server = new StockServer(new StockServerOptions { MaxConnections = 1 });
        foreach (var file in files)
            server.Put(file);
        using var target = new SyncTarget();
        var result = await target.DrainAsync(SyncTarget.Site(server.Port, TimeSpan.FromSeconds(3)), connections: 4);
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly(files);
    }

    [Fact]
    public async Task A_file_that_another_client_is_moving_is_left_and_the_others_are_taken()
    {
        var files = AgentData.MakeMany(5);
        using var server = new OurServer();
        foreach (var file in files)
            server.Put(file);
        using var other = new PlainClient(server.Port);
        Assert.StartsWith("MV SIZE ", other.Ask($"MV <{files[2].Name}>"), StringComparison.Ordinal);
        using var target = new SyncTarget();
        var result = await target.DrainAsync(server.Port, connections: 1);
        Assert.Null(result.Error);
        Assert.Contains("file is in use", Assert.Single(result.Skipped).Reason, StringComparison.Ordinal);
        Assert.Equal(TentacleErrorKind.Refused, result.Skipped[0].Kind);
        target.HasExactly(files.Where(f => f != files[2]));
        Assert.Equal([files[2].Name], server.Buffer.FileNames());
    }

    [Fact]
    public async Task Certain_files_can_be_taken_by_name()
    {
        var files = AgentData.MakeMany(5);
        using var server = new OurServer();
        foreach (var file in files)
            server.Put(file);
        using var target = new SyncTarget();
        var result = await SyncRunner.TakeAsync(SyncTarget.Site(server.Port), [files[1].Name, files[3].Name, "../etc"], target.Options(), TestContext.Current.CancellationToken);
        Assert.Equal(2, result.Files);
        Assert.Equal("../etc", Assert.Single(result.Skipped).Name);
        target.HasExactly([files[1], files[3]]);
        Assert.Equal(3, server.Buffer.FileNames().Length);
    }

    private static DrainedBuffer Buffer(bool stock, AgentData[] files) => new(stock, files);

    /// <summary>Either server with files in its buffer.</summary>
    private sealed class DrainedBuffer : IDisposable
    {
        private readonly StockServer? _stock;
        private readonly OurServer? _ours;

        public DrainedBuffer(bool stock, AgentData[] files)
        {
            (_stock, _ours) = stock ? (new StockServer(), (OurServer?)null) : (null, new OurServer());
            foreach (var file in files)
                File.WriteAllBytes(Path.Combine(Folder, file.Name), file.Content);
        }

        public int Port => _stock?.Port ?? _ours!.Port;

        private string Folder => _stock?.Folder ?? _ours!.Buffer.Path;

        public string[] FileNames() => [.. Directory.EnumerateFiles(Folder)];

        public void Dispose()
        {
            _stock?.Dispose();
            _ours?.Dispose();
        }
    }
}
