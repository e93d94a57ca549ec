using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using PandoraSync.Transport;
using Xunit;

namespace PandoraSync.Tests.Server;

/// <summary>A server as a relay to another (stock's -b -g).</summary>
public sealed class RelayTests
{
    [Fact]
    public async Task Files_pass_both_ways_through_two_relays_with_a_password_on_each_hop()
    {
        using var last = new OurServer(o => o with { Password = TentaclePassword.FromText("third"), MaxFileBytes = 10_000_000 });
        using var middle = new OurServer(o => o with { Password = TentaclePassword.FromText("second"), Relay = last.Client with { Password = TentaclePassword.FromText("third") } });
        using var first = new OurServer(o => o with { Password = TentaclePassword.FromText("first"), Relay = middle.Client with { Password = TentaclePassword.FromText("second") } });
        var options = first.Client with { Password = TentaclePassword.FromText("first") };
        var content = AgentData.Noise(3, 3_000_000);
        using (var client = await TentacleClient.ConnectAsync(options, CancellationToken.None))
        {
            await client.SendAsync("a.1.data", new MemoryStream(content), content.Length, sent: null, CancellationToken.None);
            await client.QuitAsync(CancellationToken.None);
        }

        Assert.Equal(content, last.Buffer.Read("a.1.data"));
        using var target = new SyncTarget();
        var result = await target.DrainAsync(new PandoraSync.Sync.SyncSite(options));
        Assert.True(result.Succeeded, result.ToString());
        Assert.Equal(content, target.Incoming.Read("a.1.data"));
        Assert.Empty(last.Buffer.FileNames());
        Assert.Empty(middle.Buffer.FileNames());
    }

    [Fact]
    public async Task A_break_of_the_client_is_a_break_for_the_server_behind()
    {
        var file = AgentData.Make(1);
        using var last = new OurServer();
        last.Put(file);
        using var relay = new OurServer(o => o with { Relay = last.Client });
        using (var client = new PlainClient(relay.Port))
        {
            Assert.Equal(file.Content, client.Mv(file.Name));
            client.Reset();
        }

        await Eventually.BecomesTrue(() => last.Server.Counters.Connections == 0, "the server behind has seen the end");
        Assert.Equal(file.Content, last.Buffer.Read(file.Name));
    }

    [Fact]
    public async Task An_orderly_close_of_the_client_is_one_for_the_server_behind()
    {
        var file = AgentData.Make(1);
        using var last = new OurServer();
        last.Put(file);
        using var relay = new OurServer(o => o with { Relay = last.Client });
        using (var client = new PlainClient(relay.Port))
            Assert.Equal(file.Content, client.Mv(file.Name));
        await Eventually.BecomesTrue(() => last.Server.Counters is { Connections: 0, FilesMoved: 1 }, "the server behind has deleted it");
    }

    [Fact]
    public async Task A_client_that_is_silent_is_dropped_with_its_connection_behind()
    {
        using var last = new OurServer(o => o with { Timeout = TimeSpan.FromMinutes(1) });
        using var relay = new OurServer(o => o with { Relay = last.Client, Timeout = TimeSpan.FromSeconds(0.2), RetryCount = 0 });
        using var client = new PlainClient(relay.Port);
        Assert.Empty(client.Ls()!);
        await Eventually.BecomesTrue(() => relay.Server.Counters.Connections == 0 && last.Server.Counters.Connections == 0, "both connections have ended");
    }

    [Fact]
    public async Task A_server_behind_that_cannot_be_reached_is_named_in_the_log()
    {
        using var relay = new OurServer(o => o with { Relay = new TentacleClientOptions(new TentacleEndpoint("127.0.0.1", 1)) });
        using var client = new PlainClient(relay.Port);
        Assert.True(client.ServerCloses());
        await Eventually.BecomesTrue(() => relay.Log.Any(e => e.Text.StartsWith("127.0.0.1:1 cannot be connected to", StringComparison.Ordinal)), "the log names it");
    }
}
