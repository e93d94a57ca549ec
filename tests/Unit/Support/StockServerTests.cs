using System;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.Tests.Support;

/// <summary>The double must behave as protocol.md says, or the tests that lean on it mean nothing.</summary>
public class StockServerTests
{
    private static readonly byte[] Hello = Encoding.ASCII.GetBytes("hello");

    [Fact]
    public void It_stores_what_is_sent_and_gives_it_back()
    {
        using var server = new StockServer();
        using var client = new PlainClient(server.Port);
        var file = AgentData.Make(1, 5000);
        Assert.Equal("SEND OK", client.Send(file.Name, file.Content));
        Assert.Equal(file.Content, client.Recv(file.Name));
        Assert.Equal(file.Content, client.ZRecv(file.Name));
        Assert.Equal(file.Content, server.Read(file.Name));
        Assert.Contains(file.Name, client.Ls()!);
        Assert.Equal(file.Content, client.Mv(file.Name));
        Assert.Equal("RECV ERR (file does not exist)", client.Ask($"RECV <{file.Name}>"));
        Assert.False(server.Has(file.Name));
    }

    [Theory]
    [InlineData("LS <>\nLS <>\n")]
    [InlineData("RECV <a.data>\nQUIT\n")]
    [InlineData("\n")]
    [InlineData("ls <>\n")]
    [InlineData("QUIT\r\n")]
    [InlineData("PASS 0123\n")]
    [InlineData("SEND a.data SIZE 5\n")]
    public void It_closes_without_an_answer_on_what_is_no_single_command(string said)
    {
        using var server = new StockServer();
        server.Put("a.data", Hello);
        using var client = new PlainClient(server.Port);
        client.Say(said);
        Assert.True(client.ServerCloses());
    }

    [Fact]
    public void A_command_split_over_reads_works()
    {
        using var server = new StockServer();
        server.Put("a.data", Hello);
        using var client = new PlainClient(server.Port);
        client.Say("RECV <a.");
        client.Say("data>\n");
        Assert.Equal("RECV SIZE 5", client.ReadLine());
    }

    [Fact]
    public void A_line_without_end_is_closed()
    {
        using var server = new StockServer();
        using var client = new PlainClient(server.Port);
        client.Say(new string('A', 1025));
        Assert.True(client.ServerCloses());
    }

    [Fact]
    public void Without_the_insecure_option_listing_and_moving_close()
    {
        using var server = new StockServer(new StockServerOptions { Insecure = false });
        server.Put("a.data", Hello);
        using var one = new PlainClient(server.Port);
        Assert.Null(one.Ask("LS <>"));
        using var two = new PlainClient(server.Port);
        Assert.Null(two.Ask("MV <a.data>"));
        Assert.True(server.Has("a.data"));
    }

    [Fact]
    public void The_listing_has_folders_and_hidden_files_but_no_invalid_names()
    {
        using var server = new StockServer();
        server.Put("b.data", Hello);
        server.Put(".hidden", Hello);
        server.Put("with~tilde", Hello);
        server.Put("conf/x.conf", Hello);
        using var client = new PlainClient(server.Port);
        Assert.Equal([".", "..", ".hidden", "b.data", "conf"], client.Ls()!.Order(StringComparer.Ordinal));
        Assert.Equal("LS ERR", client.Ask("LS <*>"));
    }

    [Fact]
    public void Filters_pick_the_folder_and_a_missing_one_closes()
    {
        using var server = new StockServer(new StockServerOptions { Filters = @".*\.conf:conf;.*\.md5:md5" });
        server.Put("conf/a.conf", Hello);
        using var client = new PlainClient(server.Port);
        Assert.Contains("a.conf", client.Ls("any.conf")!);
        Assert.Equal("SEND OK", client.Send("b.conf", Hello));
        Assert.True(server.Has("conf/b.conf"));
        Assert.Null(client.Send("c.md5", Hello));
    }

    [Fact]
    public void Refusals_have_their_reasons()
    {
        using var server = new StockServer(new StockServerOptions { MaxFileBytes = 10 });
        server.Put("there", Hello);
        server.Put("folder/x", Hello);
        using var client = new PlainClient(server.Port);
        Assert.Equal("SEND ERR (invalid file name)", client.Ask("SEND <a/b> SIZE 5"));
        Assert.Equal("SEND ERR (file is too big)", client.Ask("SEND <a> SIZE 11"));
        Assert.Equal("SEND ERR (file is too big)", client.Ask("SEND <a> SIZE 0"));
        Assert.Equal("SEND ERR (file already exists)", client.Ask("SEND <there> SIZE 5"));
        Assert.Equal("RECV ERR (file has an invalid file name)", client.Ask("RECV <../a>"));
        Assert.Equal("MV ERR (file does not exist)", client.Ask("MV <folder>"));
        Assert.Equal("RECV ERR (file does not exist)", client.Ask("RECV <.>"));
        Assert.Null(client.Send("..", Hello));
    }

    [Fact]
    public void Empty_files_can_be_moved_but_receiving_one_closes()
    {
        using var server = new StockServer();
        server.Put("empty", []);
        using var client = new PlainClient(server.Port);
        Assert.Equal("RECV SIZE 0", client.Ask("RECV <empty>"));
        client.Say("RECV CANCEL\n");
        Assert.True(WaitFor(() => server.Commands.Count == 2));
        Assert.Equal("MV SIZE 0", client.Ask("MV <empty>"));
        client.Say("MV OK\n");
        Assert.True(WaitFor(() => !server.Has("empty")));
        server.Put("empty", []);
        Assert.Equal("RECV SIZE 0", client.Ask("RECV <empty>"));
        Assert.Null(client.Ask("RECV OK"));
    }

    [Fact]
    public void The_size_is_taken_first_and_what_is_there_is_sent_later()
    {
        using var server = new StockServer();
        server.Put("growing", Hello);
        server.OnStep = moment =>
        {
            if (moment.Point == StockPoint.Content)
                server.Put("growing", Encoding.ASCII.GetBytes("hello, world"));
        };
        using var client = new PlainClient(server.Port);
        Assert.Equal("RECV SIZE 5", client.Ask("RECV <growing>"));
        client.Say("RECV OK\n");
        Assert.Equal("hello, world", Encoding.ASCII.GetString(client.ReadBytes(12)));
    }

    [Fact]
    public void A_password_is_wanted_first_and_a_wrong_one_closes()
    {
        using var server = new StockServer(new StockServerOptions { Password = "secret" });
        using var right = new PlainClient(server.Port);
        Assert.True(right.Pass("secret"));
        Assert.NotNull(right.Ls());
        using var wrong = new PlainClient(server.Port);
        Assert.False(wrong.Pass("Secret"));
        using var none = new PlainClient(server.Port);
        Assert.Null(none.Ask("LS <>"));
    }

    [Fact]
    public async Task Connections_over_the_limit_wait_for_a_slot()
    {
        using var server = new StockServer(new StockServerOptions { MaxConnections = 1, Timeout = TimeSpan.FromSeconds(20) });
        using var first = new PlainClient(server.Port);
        Assert.NotNull(first.Ls());
        using var second = new PlainClient(server.Port);
        var answer = Task.Run(() => second.Ls(), TestContext.Current.CancellationToken);
        Assert.NotNull(first.Ls());
        Assert.False(answer.IsCompleted);
        first.Quit();
        Assert.NotNull(await Eventually.Ends(answer, "the second listing"));
        Assert.Equal(1, server.MostConnections);
    }

    [Fact]
    public void A_silent_client_is_dropped()
    {
        using var server = new StockServer(new StockServerOptions { Timeout = TimeSpan.FromMilliseconds(20), Retries = 1 });
        using var client = new PlainClient(server.Port);
        Assert.True(client.ServerCloses());
    }

    [Fact]
    public void A_moved_file_is_gone_once_its_last_byte_is_written_even_if_the_client_broke_off()
    {
        using var server = new StockServer();
        server.Put("a.data", AgentData.Noise(1, 200_000));
        using var client = new PlainClient(server.Port);
        client.Ask("MV <a.data>");
        client.Say("MV OK\n");
        Assert.Equal(1000, client.ReadBytes(1000).Length);
        Assert.True(WaitFor(() => !server.Has("a.data")));
        client.Reset();
    }

    [Fact]
    public void An_archive_is_unpacked_and_anything_else_is_stored_as_it_is()
    {
        using var server = new StockServer();
        using var client = new PlainClient(server.Port);
        var file = AgentData.Make(3);
        Assert.Equal("ZSEND OK", client.ZSend(file.Name, file.Content));
        Assert.Equal(file.Content, server.Read(file.Name));
        Assert.Equal("ZSEND OK", client.Offer("ZSEND", "plain", Hello));
        Assert.Equal(Hello, server.Read("plain"));
    }

    private static bool WaitFor(Func<bool> condition) => System.Threading.SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(20));
}
