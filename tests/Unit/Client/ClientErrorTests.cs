using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Protocol;
using PandoraSync.TestSupport;
using PandoraSync.Transport;
using Xunit;

namespace PandoraSync.Tests.Client;

public class ClientErrorTests : ClientTest
{
    [Fact]
    public async Task A_name_without_address_is_told_as_such()
    {
        var options = new TentacleClientOptions(new TentacleEndpoint("no-such-host.invalid"));
        var error = await Fails(() => TentacleClient.ConnectAsync(options, Token), TentacleErrorKind.NameNotFound, "name", "no-such-host.invalid:41121");
        Assert.Contains("'no-such-host.invalid'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_connection_is_told_as_such()
    {
        // Bound and not listening: nobody else can get the port, and nobody answers.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        var error = await Fails(() => TentacleClient.ConnectAsync(OptionsFor(port), Token), TentacleErrorKind.Unreachable, "connect", $"127.0.0.1:{port}");
        Assert.Contains("refused", error.Message, StringComparison.Ordinal);
        Assert.True(error.CanRetry);
    }

    [Theory]
    [InlineData("not-it")]
    [InlineData("SECRET")]
    public async Task A_wrong_password_is_told_as_such(string password)
    {
        using var server = new StockServer(new StockServerOptions { Password = "secret" });
        var error = await Fails(() => Connect(server, password), TentacleErrorKind.AuthenticationFailed, "PASS", server);
        Assert.Contains("password", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(password, error.ToString(), StringComparison.Ordinal);
        Assert.False(error.CanRetry);
    }

    [Fact]
    public async Task A_password_for_a_server_without_one_is_told_as_such()
    {
        using var server = new StockServer();
        await Fails(() => Connect(server, "secret"), TentacleErrorKind.AuthenticationFailed, "PASS", server);
    }

    [Fact]
    public async Task A_missing_password_is_told_as_such()
    {
        using var server = new StockServer(new StockServerOptions { Password = "secret" });
        using var client = await Connect(server);
        var error = await Fails(() => client.ListAsync(string.Empty, Token), TentacleErrorKind.AuthenticationFailed, "LS", server);
        Assert.Contains("password", error.Message, StringComparison.Ordinal);
        Assert.False(client.IsUsable);
    }

    [Fact]
    public async Task A_server_that_allows_no_listing_is_told_as_such()
    {
        using var server = new StockServer(new StockServerOptions { Insecure = false });
        using var client = await Connect(server);
        Assert.Null(await client.GetSizeAsync("none", Token));
        var error = await Fails(() => client.ListAsync(string.Empty, Token), TentacleErrorKind.NotAllowed, "LS", server);
        Assert.Contains("-I", error.Advice!, StringComparison.Ordinal);
        using var second = await Connect(server);
        Assert.Null(await second.GetSizeAsync("none", Token));
        await Fails(() => second.DeleteAsync("a.data", Token), TentacleErrorKind.NotAllowed, "MV", server, "a.data");
    }

    [Fact]
    public async Task A_silent_server_is_given_up_in_time()
    {
        using var server = new StockServer(onStep: moment =>
        {
            if (moment.Point == StockPoint.Command)
                moment.Hang();
        });
        using var client = await Connect(server, timeoutSeconds: 0.2);
        var error = await Fails(() => client.ListAsync(string.Empty, Token), TentacleErrorKind.Timeout, "LS", server);
        Assert.Contains("0.2 s", error.Message, StringComparison.Ordinal);
        Assert.True(error.CanRetry);
        Assert.False(client.IsUsable);
    }

    [Fact]
    public async Task A_server_that_goes_silent_in_the_middle_of_a_file_is_given_up_in_time()
    {
        using var server = new StockServer(onStep: moment =>
        {
            if (moment.Point == StockPoint.Piece && moment.BytesDone >= 3000)
                moment.Hang();
        });
        server.Put("a.data", new byte[10_000]);
        using var client = await Connect(server, timeoutSeconds: 0.3);
        using var destination = new MemoryStream();
        await Fails(() => client.TakeAsync(TentacleVerb.Recv, "a.data", _ => destination, received: null, Token), TentacleErrorKind.Timeout, "RECV", server, "a.data");
        Assert.True(destination.Length < 10_000);
    }

    [Fact]
    public async Task A_server_that_takes_nothing_more_is_given_up_in_time()
    {
        using var server = new StockServer(new StockServerOptions { MaxFileBytes = long.MaxValue });
        using var proxy = new FaultProxy(server.EndPoint, _ => new FaultPlan { StallAt = 5000 });
        using var client = await Eventually.Ends(TentacleClient.ConnectAsync(OptionsFor(proxy.Port, timeoutSeconds: 0.3), Token), "connecting");
        const int bytes = 64 * 1024 * 1024;
        await Fails(() => client.SendAsync("a.data", new MemoryStream(new byte[bytes]), bytes, sent: null, Token), TentacleErrorKind.Timeout, "SEND", $"127.0.0.1:{proxy.Port}", "a.data");
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.9\r\n")]
    [InlineData("\n")]
    [InlineData("RECV SIZE 5\n")]
    [InlineData("LS SIZE -1\n")]
    [InlineData("LS SIZE 99999999999999999999\n")]
    [InlineData("LS \u001b[2J\n")]
    public async Task A_server_that_speaks_something_else_is_told_as_such(string reply)
    {
        using var server = new StockServer(onStep: moment =>
        {
            if (moment.Point == StockPoint.Reply)
                moment.Say(reply);
        });
        using var client = await Connect(server);
        var error = await Fails(() => client.ListAsync(string.Empty, Token), TentacleErrorKind.Protocol, "LS", server);
        Assert.DoesNotContain('\u001b', error.Message);
        Assert.False(client.IsUsable);
    }

    [Fact]
    public async Task A_reply_without_end_is_cut_off()
    {
        using var server = new StockServer(onStep: moment =>
        {
            if (moment.Point == StockPoint.Reply)
                moment.Say(new string('a', 5000));
        });
        using var client = await Connect(server);
        await Fails(() => client.ListAsync(string.Empty, Token), TentacleErrorKind.Protocol, "LS", server);
    }

    [Fact]
    public async Task A_listing_beyond_all_measure_is_refused_before_it_is_taken()
    {
        using var server = new StockServer(onStep: moment =>
        {
            if (moment.Point == StockPoint.Reply)
                moment.Say("LS SIZE 999999999999\n");
        });
        using var client = await Connect(server);
        await Fails(() => client.ListAsync(string.Empty, Token), TentacleErrorKind.TooLarge, "LS", server);
        Assert.Equal(["LS <>"], server.Commands);
    }

    [Fact]
    public async Task A_listing_with_a_line_that_is_no_name_is_refused()
    {
        using var server = new StockServer(onStep: moment =>
        {
            if (moment.Point == StockPoint.Content)
                moment.Data = new byte[5000];
            else if (moment.Point == StockPoint.Reply)
                moment.Say("LS SIZE 5000\n");
        });
        using var client = await Connect(server);
        await Fails(() => client.ListAsync(string.Empty, Token), TentacleErrorKind.Protocol, "LS", server);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_breaks_in_the_middle_of_a_file_is_told_as_such(bool reset)
    {
        using var server = new StockServer();
        server.Put("a.data", new byte[100_000]);
        using var proxy = new FaultProxy(server.EndPoint, toClient: _ => new FaultPlan { CutAt = 50_000, CutByReset = reset });
        using var client = await Eventually.Ends(TentacleClient.ConnectAsync(OptionsFor(proxy.Port), Token), "connecting");
        using var destination = new MemoryStream();
        var error = await Fails(
            () => client.TakeAsync(TentacleVerb.Recv, "a.data", _ => destination, received: null, Token),
            TentacleErrorKind.Disconnected,
            "RECV",
            $"127.0.0.1:{proxy.Port}",
            "a.data");
        Assert.True(error.CanRetry);
        Assert.True(destination.Length < 100_000);
    }

    [Fact]
    public async Task A_server_that_closes_instead_of_confirming_a_file_is_told_as_such()
    {
        using var server = new StockServer(onStep: moment =>
        {
            if (moment.Point == StockPoint.Storing)
                moment.Close();
        });
        using var client = await Connect(server);
        var error = await Fails(() => client.SendAsync("a.data", new MemoryStream([1, 2]), 2, sent: null, Token), TentacleErrorKind.Disconnected, "SEND", server, "a.data");
        Assert.Contains("confirming", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_file_has_the_servers_reason_and_the_session_goes_on()
    {
        using var server = new StockServer(new StockServerOptions { MaxFileBytes = 10 });
        server.Put("there.data", [1]);
        using var client = await Connect(server);
        var large = await Fails(() => client.SendAsync("a.data", new MemoryStream(new byte[11]), 11, sent: null, Token), TentacleErrorKind.Refused, "SEND", server, "a.data");
        Assert.Contains("file is too big", large.Message, StringComparison.Ordinal);
        var there = await Fails(() => client.SendAsync("there.data", new MemoryStream([1]), 1, sent: null, Token), TentacleErrorKind.Refused, "SEND", server, "there.data");
        Assert.Contains("file already exists", there.Message, StringComparison.Ordinal);
        Assert.True(client.IsUsable);
        Assert.Single(await client.ListAsync(string.Empty, Token));
    }

    [Fact]
    public async Task An_empty_file_is_not_even_offered()
    {
        using var server = new StockServer();
        using var client = await Connect(server);
        var error = await Fails(() => client.SendAsync("a.data", new MemoryStream(), 0, sent: null, Token), TentacleErrorKind.Refused, "SEND", server, "a.data");
        Assert.Contains("empty", error.Message, StringComparison.Ordinal);
        Assert.True(client.IsUsable);
        Assert.Empty(server.Commands);
    }

    [Fact]
    public async Task More_than_was_announced_is_noticed_at_the_next_step()
    {
        using var server = new StockServer();
        server.Put("a.data", "12345"u8.ToArray());
        server.OnStep = moment =>
        {
            if (moment.Point == StockPoint.Content)
                moment.Data = "12345 and more"u8.ToArray();
        };
        using var client = await Connect(server);
        using var destination = new MemoryStream();
        Assert.Equal(5, await client.TakeAsync(TentacleVerb.Recv, "a.data", _ => destination, received: null, Token));
        Assert.Equal("12345"u8.ToArray(), destination.ToArray());
        await Fails(() => client.DeleteAsync("a.data", Token), TentacleErrorKind.Protocol, "MV", server, "a.data");
        Assert.True(server.Has("a.data"));
    }

    [Fact]
    public async Task A_source_that_ends_early_breaks_off_so_that_the_server_keeps_no_part()
    {
        using var server = new StockServer();
        using var client = await Connect(server);
        var error = await Fails(() => client.SendAsync("a.data", new MemoryStream(new byte[3000]), 5000, sent: null, Token), TentacleErrorKind.Changed, "SEND", server, "a.data");
        Assert.True(error.CanRetry);
        await Eventually.BecomesTrue(() => server.ConnectionsNow == 0, "the server has ended the connection");
        Assert.Empty(server.FileNames());
    }

    [Fact]
    public async Task A_local_disk_that_fails_in_the_middle_is_told_as_such_and_the_server_keeps_its_file()
    {
        using var server = new StockServer();
        server.Put("a.data", new byte[200_000]);
        using var client = await Connect(server);
        using var full = new FullDisk(70_000);
        var error = await Fails(() => client.TakeAsync(TentacleVerb.Recv, "a.data", _ => full, received: null, Token), TentacleErrorKind.DiskFull, "RECV", server, "a.data");
        Assert.IsType<IOException>(error.InnerException);
        Assert.False(client.IsUsable);
        Assert.True(server.Has("a.data"));
    }

    [Theory]
    [InlineData(StockPoint.Command)]
    [InlineData(StockPoint.Content)]
    [InlineData(StockPoint.Piece)]
    public async Task A_cancelled_call_ends_at_once_wherever_it_is(StockPoint where)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var server = new StockServer(onStep: moment =>
        {
            if (moment.Point == where)
            {
                cancel.Cancel();
                moment.Hang();
            }
        });
        server.Put("a.data", new byte[10_000]);
        using var client = await Connect(server, timeoutSeconds: 3600);
        using var destination = new MemoryStream();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Ends(client.TakeAsync(TentacleVerb.Mv, "a.data", _ => destination, received: null, cancel.Token), "the cancelled call"));
        Assert.False(client.IsUsable);
        Assert.True(server.Has("a.data"));
    }

    [Fact]
    public async Task A_call_with_a_token_that_has_fired_says_nothing_to_the_server()
    {
        using var server = new StockServer();
        using var client = await Connect(server);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.ListAsync(string.Empty, new CancellationToken(canceled: true)));
        Assert.True(client.IsUsable);
        await client.QuitAsync(Token);
        Assert.Equal(["QUIT"], server.Commands);
    }

    [Fact]
    public async Task Waiting_for_a_slot_can_be_cancelled()
    {
        using var server = new StockServer(new StockServerOptions { MaxConnections = 1, Timeout = TimeSpan.FromMinutes(10) });
        using var first = await Connect(server);
        await first.ProbeAsync(Token);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var second = await Connect(server, timeoutSeconds: 3600);
        var waiting = second.ListAsync(string.Empty, cancel.Token);
        Assert.False(waiting.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Eventually.Ends(waiting, "the cancelled call"));
    }

    private sealed class FullDisk(long room) : MemoryStream
    {
        private const int NoSpace = 28;

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (Length + count > room)
                throw new IOException("No space left on device", NoSpace);
            base.Write(buffer, offset, count);
        }
    }
}
