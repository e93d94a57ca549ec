using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.Tests.Client;

public class TentacleClientTests : ClientTest
{
    [Fact]
    public async Task A_listing_has_all_names_but_dots()
    {
        using var server = new StockServer(new StockServerOptions { Filters = @".*\.conf:conf" });
        var files = AgentData.MakeMany(50, 1024);
        foreach (var file in files)
            server.Put(file);
        server.Put("conf/x.conf", [1]);
        using var client = await Connect(server);
        var names = await client.ListAsync(string.Empty, Token);
        Assert.Equal(files.Select(f => f.Name).Append("conf").Order(StringComparer.Ordinal), names.Select(n => n.Name).Order(StringComparer.Ordinal));
        Assert.Equal(["x.conf"], (await client.ListAsync("any.conf", Token)).Select(n => n.Name));
    }

    [Fact]
    public async Task An_empty_listing_is_no_error_and_the_session_goes_on()
    {
        using var server = new StockServer(onStep: moment =>
        {
            if (moment.Point == StockPoint.Reply && moment.Command.StartsWith("LS", StringComparison.Ordinal))
                moment.Say("LS SIZE 0\n");
        });
        using var client = await Connect(server);
        Assert.Empty(await client.ListAsync(string.Empty, Token));
        Assert.Null(await client.GetSizeAsync("none", Token));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(3_000_000)]
    public async Task A_file_is_received_byte_for_byte_and_stays(int bytes)
    {
        using var server = new StockServer();
        var content = AgentData.Noise(bytes, bytes);
        server.Put("a.data", content);
        using var client = await Connect(server);
        using var destination = new MemoryStream();
        long progress = 0;
        Assert.Equal(bytes, await client.TakeAsync(TentacleVerb.Recv, "a.data", size => Expecting(size, bytes, destination), n => progress += n, Token));
        Assert.Equal(content, destination.ToArray());
        Assert.Equal(bytes, progress);
        Assert.True(client.BytesReceived > bytes);
        Assert.True(server.Has("a.data"));
    }

    [Fact]
    public async Task A_moved_file_is_received_and_gone()
    {
        using var server = new StockServer();
        var file = AgentData.Make(1);
        server.Put(file);
        using var client = await Connect(server);
        using var destination = new MemoryStream();
        Assert.Equal(file.Content.Length, await client.TakeAsync(TentacleVerb.Mv, file.Name, _ => destination, received: null, Token));
        Assert.Equal(file.Content, destination.ToArray());
        await client.QuitAsync(Token);
        Assert.False(server.Has(file.Name));
        Assert.False(client.IsUsable);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(65_536)]
    [InlineData(200_000)]
    public async Task A_file_is_sent_byte_for_byte(int bytes)
    {
        using var server = new StockServer();
        var content = AgentData.Noise(bytes, bytes);
        using var client = await Connect(server);
        long progress = 0;
        await client.SendAsync("ä b.data", new MemoryStream(content), bytes, n => progress += n, Token);
        await client.QuitAsync(Token);
        Assert.Equal(content, server.Read("ä b.data"));
        Assert.Equal(bytes, progress);
        Assert.True(client.BytesSent > bytes);
    }

    [Fact]
    public async Task Only_the_wanted_part_of_a_longer_source_is_sent()
    {
        using var server = new StockServer();
        using var client = await Connect(server);
        await client.SendAsync("a.data", new MemoryStream("hello, world"u8.ToArray()), 5, sent: null, Token);
        await client.QuitAsync(Token);
        Assert.Equal("hello"u8.ToArray(), server.Read("a.data"));
    }

    [Fact]
    public async Task A_file_goes_compressed()
    {
        using var server = new StockServer();
        var file = AgentData.Make(5, 100_000);
        using var client = await Connect(server);
        var sent = await client.SendCompressedAsync(file.Name, new MemoryStream(file.Content), sent: null, Token);
        Assert.InRange(sent, 100, 50_000);
        Assert.Equal(file.Content, server.Read(file.Name));
    }

    [Fact]
    public async Task A_size_is_asked_for_without_taking_the_file_again_and_again_on_one_connection()
    {
        using var server = new StockServer();
        foreach (var file in AgentData.MakeMany(20, 2000))
            server.Put(file);
        using var client = await Connect(server, timeoutSeconds: 5);
        foreach (var file in AgentData.MakeMany(20, 2000))
            Assert.Equal(2000, await client.GetSizeAsync(file.Name, Token));
        Assert.Null(await client.GetSizeAsync("none", Token));
        Assert.Equal(1, server.ConnectionsServed);
        Assert.Equal(20, server.FileNames().Length);
        Assert.DoesNotContain("RECV OK", server.Commands);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_takes_the_cancel_and_what_follows_for_one_line_is_asked_again(bool ends)
    {
        const int cancelBytes = 12;
        using var server = new StockServer(onStep: moment =>
        {
            // A busy machine: the server comes to read only when the next line is there as well.
            if (moment.Point == StockPoint.Replied && string.Equals(moment.Command, "RECV <a.data>", StringComparison.Ordinal))
                Assert.True(SpinWait.SpinUntil(() => moment.BytesWaiting > cancelBytes, TimeSpan.FromSeconds(20)));
        });
        server.Put("a.data", new byte[2000]);
        server.Put("b.data", new byte[3000]);
        using var client = await Connect(server);
        Assert.Equal(2000, await client.GetSizeAsync("a.data", Token));
        if (ends)
            await client.QuitAsync(Token);
        else
            Assert.Equal(3000, await client.GetSizeAsync("b.data", Token));
        Assert.Equal(1, server.ConnectionsServed);
        Assert.Contains("RECV CANCEL\nRECV <.pandorasync>", server.Commands);
    }

    [Fact]
    public async Task A_declined_file_keeps_the_session_and_the_file()
    {
        using var server = new StockServer();
        var file = AgentData.Make(1);
        server.Put(file);
        using var client = await Connect(server, timeoutSeconds: 5);
        foreach (var verb in new[] { TentacleVerb.Recv, TentacleVerb.Mv, TentacleVerb.ZRecv })
            Assert.NotNull(await client.TakeAsync(verb, file.Name, _ => null, received: null, Token));
        await client.QuitAsync(Token);
        Assert.True(server.Has(file.Name));
        Assert.Equal(1, server.ConnectionsServed);
        Assert.DoesNotContain("MV OK", server.Commands);
    }

    [Fact]
    public async Task An_empty_file_is_never_confirmed_by_RECV_and_can_be_moved_right_afterwards()
    {
        using var server = new StockServer();
        server.Put("empty.data", []);
        using var client = await Connect(server, timeoutSeconds: 5);
        using var destination = new MemoryStream();
        Assert.Equal(0, await client.TakeAsync(TentacleVerb.Recv, "empty.data", _ => destination, received: null, Token));
        Assert.Equal(0, await client.TakeAsync(TentacleVerb.Mv, "empty.data", _ => destination, received: null, Token));
        await client.QuitAsync(Token);
        Assert.False(server.Has("empty.data"));
        Assert.DoesNotContain("RECV OK", server.Commands);
        Assert.Equal(1, server.ConnectionsServed);
    }

    [Fact]
    public async Task Deleting_takes_the_file_away_and_says_how_large_it_was()
    {
        using var server = new StockServer();
        server.Put("a.data", new byte[5000]);
        using var client = await Connect(server);
        Assert.Equal(5000, await client.DeleteAsync("a.data", Token));
        Assert.Null(await client.DeleteAsync("a.data", Token));
        Assert.Null(await client.DeleteAsync("conf", Token));
    }

    [Fact]
    public async Task A_missing_file_is_no_error()
    {
        using var server = new StockServer();
        server.Put("folder/x", [1]);
        using var client = await Connect(server);
        foreach (var name in new[] { "none", "folder" })
        {
            Assert.Null(await client.GetSizeAsync(name, Token));
            Assert.Null(await client.TakeAsync(TentacleVerb.Mv, name, _ => throw new InvalidOperationException("Nothing is to be opened."), received: null, Token));
        }

        Assert.True(client.IsUsable);
    }

    [Fact]
    public async Task A_probe_asks_for_nothing_that_is_there()
    {
        using var server = new StockServer();
        server.Put("a.data", [1]);
        using var client = await Connect(server);
        await client.ProbeAsync(Token);
        Assert.True(client.IsUsable);
        Assert.Single(server.Commands);
    }

    [Fact]
    public async Task The_right_password_opens_the_session()
    {
        using var server = new StockServer(new StockServerOptions { Password = "pässwörd 1" });
        using var client = await Connect(server, "pässwörd 1");
        Assert.Empty(await client.ListAsync(string.Empty, Token));
    }

    [Fact]
    public async Task One_command_at_a_time_reaches_the_server()
    {
        using var server = new StockServer();
        var file = AgentData.Make(1);
        server.Put("b.data", [1, 2, 3]);
        using var client = await Connect(server);
        await client.SendAsync(file.Name, new MemoryStream(file.Content), file.Content.Length, sent: null, Token);
        await client.GetSizeAsync(file.Name, Token);
        await client.DeleteAsync("b.data", Token);
        await client.QuitAsync(Token);
        List<string> expected = [$"SEND <{file.Name}> SIZE {file.Content.Length}", $"RECV <{file.Name}>", "RECV CANCEL", "RECV <.pandorasync>", "MV <b.data>", "MV OK", "QUIT"];
        Assert.Equal(expected, server.Commands);
    }

    [Fact]
    public async Task A_session_that_the_server_ended_is_seen_as_unusable()
    {
        using var server = new StockServer(new StockServerOptions { Timeout = TimeSpan.FromMilliseconds(50), Retries = 0 });
        using var client = await Connect(server);
        await Eventually.BecomesTrue(() => !client.IsUsable, "the session is seen as ended");
    }

    private static MemoryStream Expecting(long size, long expected, MemoryStream destination)
    {
        Assert.Equal(expected, size);
        return destination;
    }
}
