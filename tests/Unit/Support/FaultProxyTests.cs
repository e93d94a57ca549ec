using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.Files;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.Tests.Support;

/// <summary>The proxy must break what it says and nothing else.</summary>
public class FaultProxyTests
{
    private static readonly byte[] Content = AgentData.Noise(5, 100_000);

    [Theory]
    [InlineData(null, null)]
    [InlineData(1, null)]
    [InlineData(700, null)]
    [InlineData(null, 1_000_000)]
    [InlineData(700, 3000)]
    public void Split_or_joined_bytes_stay_the_same(int? split, int? merge)
    {
        using var server = new StockServer();
        server.Put("a", split == 1 ? Content[..2000] : Content);
        var plan = new FaultPlan { SplitBytes = split, MergeBytes = null };
        using var proxy = new FaultProxy(server.EndPoint, toClient: _ => plan);
        using var client = new PlainClient(proxy.Port);
        Assert.Equal("RECV ERR (file does not exist)", client.Ask("RECV <none>"));
        proxy.ToClient = _ => plan with { MergeBytes = merge };
        using var second = new PlainClient(proxy.Port);

        // Joining holds the reply back until the sender has ended, so the whole conversation is said blindly.
        second.Say("RECV <a>\n");
        if (merge is null)
            Assert.StartsWith("RECV SIZE", second.ReadLine(), StringComparison.Ordinal);
        else
            Assert.True(System.Threading.SpinWait.SpinUntil(() => server.Commands.Contains("RECV <a>"), TimeSpan.FromSeconds(20)));
        second.Say("RECV OK\n");
        Assert.True(System.Threading.SpinWait.SpinUntil(() => server.Commands.Contains("RECV OK"), TimeSpan.FromSeconds(20)));
        second.Say("QUIT\n");
        if (merge is not null)
            Assert.StartsWith("RECV SIZE", second.ReadLine(), StringComparison.Ordinal);
        Assert.Equal(server.Read("a"), second.ReadBytes(server.Read("a").Length));
        Assert.True(second.ServerCloses());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_cut_lets_exactly_so_many_bytes_through(bool reset)
    {
        using var server = new StockServer();
        server.Put("a", Content);
        using var proxy = new FaultProxy(server.EndPoint, toClient: _ => new FaultPlan { CutAt = "RECV SIZE 100000\n".Length + 5000, CutByReset = reset });
        using var client = new PlainClient(proxy.Port);
        client.Ask("RECV <a>");
        client.Say("RECV OK\n");
        if (reset)
        {
            Assert.Throws<EndOfStreamException>(() => client.ReadBytes(Content.Length));
        }
        else
        {
            Assert.Equal(Content[..5000], client.ReadBytes(5000));
            Assert.True(client.ServerCloses());
        }
    }

    [Fact]
    public void A_byte_is_turned_where_the_plan_says()
    {
        using var server = new StockServer();
        using var proxy = new FaultProxy(server.EndPoint, _ => new FaultPlan { CorruptAt = "SEND <a> SIZE 100000\n".Length + 4321 });
        using var client = new PlainClient(proxy.Port);
        Assert.Equal("SEND OK", client.Send("a", Content));
        var stored = server.Read("a");
        Assert.Equal(4321, Assert.Single(Enumerable.Range(0, Content.Length).Where(i => stored[i] != Content[i]).Take(5)));
    }

    [Fact]
    public async Task A_stall_ends_when_released()
    {
        using var server = new StockServer(new StockServerOptions { Timeout = TimeSpan.FromSeconds(30) });
        using var proxy = new FaultProxy(server.EndPoint, _ => new FaultPlan { StallAt = 1000 });
        using var client = new PlainClient(proxy.Port);
        var sending = Task.Run(() => client.Send("a", Content), TestContext.Current.CancellationToken);
        await Eventually.BecomesTrue(() => server.Commands.Count == 1, "the command has come through");
        Assert.False(sending.IsCompleted);
        proxy.Release();
        Assert.Equal("SEND OK", await Eventually.Ends(sending, "the released send"));
        Assert.Equal(Content, server.Read("a"));
    }

    [Fact]
    public void A_long_line_changes_nothing_but_time()
    {
        using var server = new StockServer();
        using var proxy = FaultProxy.WithRoundTrip(server.EndPoint, TimeSpan.FromMilliseconds(10));
        using var client = new PlainClient(proxy.Port);
        Assert.Equal("SEND OK", client.Send("a", Content));
        Assert.Equal(Content, client.Recv("a"));
    }

    [Fact]
    public void Agent_data_has_the_wanted_size_and_is_XML()
    {
        foreach (var bytes in new[] { AgentData.LeastBytes, 4096, 4097, 100_000 })
        {
            var file = AgentData.Make(bytes, bytes);
            Assert.Equal(bytes, file.Content.Length);
            Assert.Equal(file.Content, AgentData.Make(bytes, bytes).Content);
            Assert.Equal("agent_data", System.Xml.Linq.XDocument.Load(new MemoryStream(file.Content)).Root!.Name.LocalName);
            Assert.Matches(@"^[0-9a-f]{32}\.[0-9]+\.data$", file.Name);
        }
    }

    [Fact]
    public void A_joining_line_lets_commands_that_left_one_by_one_arrive_in_one_read()
    {
        using var server = new StockServer();
        using var proxy = new FaultProxy(server.EndPoint, _ => new FaultPlan { JoinFor = TimeSpan.FromMilliseconds(100) });
        using var client = new PlainClient(proxy.Port);
        client.Say("RECV <a>\n");
        client.Say("RECV OK\n");
        Assert.True(client.ServerCloses());
        Assert.Equal(["RECV <a>\nRECV OK"], server.Commands);
    }
}
