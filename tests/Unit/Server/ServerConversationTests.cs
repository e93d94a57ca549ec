using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Protocol;
using PandoraSync.Server;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using PandoraSync.Transport;
using Xunit;

namespace PandoraSync.Tests.Server;

public sealed class ServerConversationTests
{
    private static readonly AgentData File = AgentData.Make(1);

    [Theory]
    [InlineData("NONSENSE\n")]
    [InlineData("\n")]
    [InlineData("recv <a>\n")]
    [InlineData("RECV <a>\r\n")]
    [InlineData("SEND <a>\n")]
    [InlineData("SEND <a> SIZE -1\n")]
    [InlineData("SEND <a> SIZE 99999999999999999999\n")]
    [InlineData("QUIT now\n")]
    [InlineData("GET / HTTP/1.1\n")]
    public void A_line_that_is_no_command_ends_the_connection_without_an_answer(string line)
    {
        using var ours = new OurServer();
        using var client = new PlainClient(ours.Port);
        client.Say(line);
        Assert.True(client.ServerCloses());
    }

    [Fact]
    public async Task A_line_without_end_is_cut_off_at_the_bound()
    {
        using var ours = new OurServer();
        using var client = new PlainClient(ours.Port);
        client.Say(new byte[TentacleLimits.MaxLineBytes]);
        await Eventually.BecomesTrue(() => ours.Server.Counters is { Connections: 0, TotalConnections: 1, Errors: 1 }, "the connection is dropped");
    }

    [Fact]
    public async Task A_silent_client_is_dropped_after_the_time_out()
    {
        using var ours = new OurServer(o => o with { Timeout = TimeSpan.FromSeconds(0.1), RetryCount = 1 });
        using var client = new PlainClient(ours.Port);
        await Eventually.BecomesTrue(() => ours.Server.Counters is { Connections: 0, TotalConnections: 1 }, "the connection is dropped");
        Assert.Contains(ours.Log, e => e.Text.Contains("did not answer within 0.2 s", StringComparison.Ordinal));
    }

    [Fact]
    public void Commands_that_arrive_in_pieces_or_together_are_understood()
    {
        using var ours = new OurServer();
        ours.Put(File);
        using var client = new PlainClient(ours.Port);
        client.Say("SE");
        client.Say("ND <b.1.data> SIZE 3\nabcRECV <nothing>\n");
        Assert.Equal("SEND OK", client.ReadLine());
        Assert.Equal("SEND OK", client.ReadLine());
        Assert.Equal("RECV ERR (file does not exist)", client.ReadLine());
        Assert.True(ours.Buffer.Has("b.1.data"));
    }

    [Fact]
    public void Listing_and_moving_need_the_option()
    {
        using var ours = new OurServer(o => o with { AllowListing = false });
        ours.Put(File);
        foreach (var line in new[] { "LS <>\n", $"MV <{File.Name}>\n" })
        {
            using var client = new PlainClient(ours.Port);
            client.Say(line);
            Assert.True(client.ServerCloses());
        }

        Assert.Contains(ours.Log, e => e.Text.Contains("needs -I", StringComparison.Ordinal));
        using var other = new PlainClient(ours.Port);
        Assert.Equal(File.Content, other.Recv(File.Name));
    }

    [Fact]
    public void The_listing_has_whole_files_alone()
    {
        using var ours = new OurServer();
        ours.Put(File);
        ours.Buffer.MakeFolder("conf");
        ours.Buffer.Write("bad?name", "x");
        using var client = new PlainClient(ours.Port);
        Assert.Equal([File.Name], client.Ls()!);
    }

    [Fact]
    public void A_folder_is_no_file()
    {
        using var ours = new OurServer();
        ours.Buffer.MakeFolder("conf");
        using var client = new PlainClient(ours.Port);
        Assert.Equal("RECV ERR (file does not exist)", client.Ask("RECV <conf>"));
        Assert.Equal("MV ERR (file does not exist)", client.Ask("MV <conf>"));
        Assert.Equal("SEND ERR (invalid file name)", client.Ask("SEND <conf> SIZE 3"));
    }

    [Fact]
    public void The_password_must_come_first_and_be_right()
    {
        using var ours = new OurServer(o => o with { Password = TentaclePassword.FromText("sesame") });
        ours.Put(File);
        using (var right = new PlainClient(ours.Port))
        {
            Assert.True(right.Pass("sesame"));
            Assert.Equal([File.Name], right.Ls()!);
        }

        using (var wrong = new PlainClient(ours.Port))
            Assert.False(wrong.Pass("Sesame"));
        using var without = new PlainClient(ours.Port);
        without.Say("LS <>\n");
        Assert.True(without.ServerCloses());
        Assert.DoesNotContain(ours.Log, e => e.Text.Contains("sesame", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Over_the_connection_limit_a_client_waits_until_a_place_is_free()
    {
        using var ours = new OurServer(o => o with { MaxConnections = 1 });
        ours.Put(File);
        var first = new PlainClient(ours.Port);
        Assert.Equal([File.Name], first.Ls()!);
        using var second = new PlainClient(ours.Port);
        second.Say("LS <>\n");
        await Eventually.BecomesTrue(() => ours.Server.Counters.TotalConnections == 1, "only the first is served");
        first.Quit();
        Assert.Equal($"LS SIZE {File.Name.Length + 1}", second.ReadLine());
        first.Dispose();
    }

    [Fact]
    public async Task IPv4_and_IPv6_are_served_under_one_port()
    {
        using var ours = new OurServer(o => o with { Addresses = ["127.0.0.1", "::1"] });
        Assert.Equal(2, ours.Server.Endpoints.Count);
        Assert.Equal(ours.Server.Endpoints[0].Port, ours.Server.Endpoints[1].Port);
        using var client = await TentacleClient.ConnectAsync(new TentacleClientOptions(new TentacleEndpoint("::1", ours.Port)), TestContext.Current.CancellationToken);
        Assert.Empty(await client.ListAsync(string.Empty, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void An_address_in_use_is_named_and_nothing_runs()
    {
        using var folder = new TempFolder();
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen(1);
        var port = ((IPEndPoint)other.LocalEndPoint!).Port;
        var error = Assert.Throws<TentacleException>(() => TentacleServer.Start(new TentacleServerOptions(folder.Path) { Addresses = ["127.0.0.1"], Port = port }));
        Assert.Equal(TentacleErrorKind.Address, error.Kind);
        Assert.Equal($"Cannot listen on 127.0.0.1:{port}: another program listens there: stop it or choose another port.", error.Message);
    }

    [Fact]
    public void A_missing_storage_directory_is_named()
    {
        using var folder = new TempFolder();
        var error = Assert.Throws<TentacleException>(() => TentacleServer.Start(new TentacleServerOptions(folder["none"])));
        Assert.Equal($"The storage directory '{folder["none"]}' does not exist: create it.", error.Message);
    }

    [Fact]
    public async Task A_graceful_stop_lets_a_transfer_under_way_finish()
    {
        using var ours = new OurServer();
        using var client = new PlainClient(ours.Port);
        Assert.Equal("SEND OK", client.Ask($"SEND <{File.Name}> SIZE {File.Content.Length}"));
        client.Say(File.Content.AsSpan(0, 10).ToArray());
        await Eventually.BecomesTrue(() => Directory.EnumerateFiles(ours.Buffer[".pandorasync/server"], "*", SearchOption.AllDirectories).Any(f => new FileInfo(f).Length == 10), "the part has arrived");
        var stopping = ours.Server.StopAsync();
        client.Say(File.Content.AsSpan(10).ToArray());
        Assert.Equal("SEND OK", client.ReadLine());
        await Eventually.Ends(stopping, "the stop");
        Assert.Equal(File.Content, ours.Buffer.Read(File.Name));
        Assert.False(ours.Server.IsRunning);
    }

    [Fact]
    public async Task A_stop_breaks_off_a_transfer_that_outlasts_the_grace_period()
    {
        using var ours = new OurServer(o => o with { GracePeriod = TimeSpan.FromSeconds(0.2), Timeout = TimeSpan.FromHours(1) });
        using var client = new PlainClient(ours.Port);
        Assert.Equal("SEND OK", client.Ask($"SEND <{File.Name}> SIZE {File.Content.Length}"));
        await Eventually.Ends(ours.Server.StopAsync(), "the stop");
        Assert.Empty(ours.Buffer.FileNames());
    }
}
