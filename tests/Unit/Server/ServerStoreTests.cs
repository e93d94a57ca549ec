using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using PandoraSync.Server;
using PandoraSync.Server.Storage;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Server;

public sealed class ServerStoreTests
{
    private static readonly byte[] Content = AgentData.Noise(1, 5000);

    [Fact]
    public void A_file_that_a_plain_client_sends_is_stored_whole()
    {
        using var ours = new OurServer();
        using var client = new PlainClient(ours.Port);
        Assert.Equal("SEND OK", client.Send("a.1.data", Content));
        Assert.Equal(Content, ours.Buffer.Read("a.1.data"));
        Assert.Equal(1, ours.Server.Counters.FilesReceived);
    }

    [Fact]
    public async Task A_file_being_received_is_neither_listed_nor_given()
    {
        using var ours = new OurServer();
        using var sender = new PlainClient(ours.Port);
        Assert.Equal("SEND OK", sender.Ask($"SEND <a.1.data> SIZE {Content.Length}"));
        sender.Say(Content.AsSpan(0, 4000).ToArray());
        await Eventually.BecomesTrue(() => Directory.EnumerateFiles(ours.Buffer[".pandorasync/server"], "*", SearchOption.AllDirectories).Any(f => new FileInfo(f).Length == 4000), "the part has arrived");
        using var other = new PlainClient(ours.Port);
        Assert.Empty(other.Ls()!);
        Assert.Equal("RECV ERR (file does not exist)", other.Ask("RECV <a.1.data>"));
        sender.Say(Content.AsSpan(4000).ToArray());
        Assert.Equal("SEND OK", sender.ReadLine());
        Assert.Equal(["a.1.data"], other.Ls()!);
    }

    [Fact]
    public async Task A_file_whose_sender_breaks_off_leaves_nothing()
    {
        using var ours = new OurServer();
        using (var sender = new PlainClient(ours.Port))
        {
            Assert.Equal("SEND OK", sender.Ask($"SEND <a.1.data> SIZE {Content.Length}"));
            sender.Say(Content.AsSpan(0, 100).ToArray());
        }

        await Eventually.BecomesTrue(() => ours.Server.Counters is { Connections: 0, Errors: 1 }, "the broken connection is noted");
        Assert.Empty(ours.Buffer.FileNames());
        Assert.Empty(Directory.EnumerateFiles(ours.Buffer[".pandorasync/server"], "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("SEND <a.1.data> SIZE 0", "SEND ERR (file is too big)")]
    [InlineData("SEND <a.1.data> SIZE 2000001", "SEND ERR (file is too big)")]
    [InlineData("SEND <../a> SIZE 1", "SEND ERR (invalid file name)")]
    [InlineData("SEND <..> SIZE 1", "SEND ERR (invalid file name)")]
    [InlineData("SEND <c:a> SIZE 1", "SEND ERR (invalid file name)")]
    [InlineData("SEND <a\\b> SIZE 1", "SEND ERR (invalid file name)")]
    [InlineData("SEND < a> SIZE 1", "SEND ERR (invalid file name)")]
    [InlineData("SEND <a\u0007b> SIZE 1", "SEND ERR (invalid file name)")]
    [InlineData("SEND <.pandorasync> SIZE 1", "SEND ERR (invalid file name)")]
    [InlineData("ZSEND <a/b> SIZE 1", "ZSEND ERR (invalid file name)")]
    public void An_offer_that_cannot_be_taken_is_refused_and_the_session_goes_on(string offer, string answer)
    {
        using var ours = new OurServer();
        using var client = new PlainClient(ours.Port);
        Assert.Equal(answer, client.Ask(offer));
        Assert.Equal("SEND OK", client.Send("good.1.data", Content));
        Assert.Equal(["good.1.data"], ours.Buffer.FileNames());
    }

    [Fact]
    public void A_name_that_is_not_UTF8_is_refused()
    {
        using var ours = new OurServer();
        using var client = new PlainClient(ours.Port);
        client.Say([.. "SEND <a"u8, 0xff, .. "> SIZE 3\n"u8]);
        Assert.Equal("SEND ERR (invalid file name)", client.ReadLine());
    }

    [Fact]
    public void An_existing_file_is_kept_without_overwrite_and_replaced_with_it()
    {
        using var keeping = new OurServer();
        keeping.Buffer.Write("a.1.data", "old");
        using (var client = new PlainClient(keeping.Port))
            Assert.Equal("SEND ERR (file already exists)", client.Ask("SEND <a.1.data> SIZE 3"));
        Assert.Equal("old", Encoding.ASCII.GetString(keeping.Buffer.Read("a.1.data")));

        using var replacing = new OurServer(o => o with { Overwrite = true });
        replacing.Buffer.Write("a.1.data", "old");
        using (var client = new PlainClient(replacing.Port))
            Assert.Equal("SEND OK", client.Send("a.1.data", "new"u8.ToArray()));
        Assert.Equal("new", Encoding.ASCII.GetString(replacing.Buffer.Read("a.1.data")));
    }

    [Fact]
    public void Of_two_senders_of_one_new_name_one_is_refused_and_the_other_stored_whole()
    {
        using var ours = new OurServer();
        using var first = new PlainClient(ours.Port);
        using var second = new PlainClient(ours.Port);
        Assert.Equal("SEND OK", first.Ask("SEND <a.1.data> SIZE 5"));
        Assert.Equal("SEND OK", second.Ask("SEND <a.1.data> SIZE 6"));
        first.Say("first");
        Assert.Equal("SEND OK", first.ReadLine());
        second.Say("second");
        Assert.Equal("SEND ERR (file already exists)", second.ReadLine());
        Assert.Equal("first", Encoding.ASCII.GetString(ours.Buffer.Read("a.1.data")));
    }

    [Fact]
    public void Names_are_filtered_into_folders_which_are_made_where_missing()
    {
        using var ours = new OurServer(o => o with { Filters = FolderFilters.Parse(@".*\.conf:conf;.*\.md5:md5") });
        using var client = new PlainClient(ours.Port);
        Assert.Equal("SEND OK", client.Send("agent.conf", Content));
        Assert.Equal("SEND OK", client.Send("agent.1.data", Content));
        Assert.Equal(Content, ours.Buffer.Read(Path.Combine("conf", "agent.conf")));
        Assert.Equal(["agent.conf"], client.Ls("x.conf")!);
        Assert.Equal(["agent.1.data"], client.Ls()!);
        Assert.Equal(Content, client.Recv("agent.conf"));
    }

    [Fact]
    public void Compressed_files_come_and_go_unpacked()
    {
        using var ours = new OurServer();
        var text = AgentData.Make(1).Content;
        using var client = new PlainClient(ours.Port);
        Assert.Equal("ZSEND OK", client.ZSend("a.1.data", text));
        Assert.Equal(text, ours.Buffer.Read("a.1.data"));
        Assert.Equal(text, client.ZRecv("a.1.data"));
    }

    [Fact]
    public void An_archive_that_is_none_or_unpacks_to_too_much_is_refused_and_nothing_is_stored()
    {
        using var ours = new OurServer(o => o with { MaxFileBytes = 100_000 });
        using var client = new PlainClient(ours.Port);
        Assert.Equal("ZSEND ERR (archive is damaged)", client.Offer("ZSEND", "a.1.data", Content));
        Assert.Equal("ZSEND ERR (file is too big)", client.ZSend("b.1.data", new byte[1_000_001]));
        Assert.Equal("ZSEND OK", client.ZSend("c.1.data", new byte[1_000_000]));
        Assert.Equal(["c.1.data"], ours.Buffer.FileNames());
    }

    [Fact]
    public void What_an_earlier_run_left_incomplete_is_thrown_away_at_the_start()
    {
        using var folder = new TempFolder();
        folder.Write(Path.Combine(".pandorasync", "server", "0000000000000001"), "part");
        using var server = TentacleServer.Start(new TentacleServerOptions(folder.Path) { Addresses = ["127.0.0.1"], Port = 0, AllowListing = true });
        Assert.Empty(Directory.EnumerateFiles(folder[".pandorasync/server"], "*", SearchOption.AllDirectories));
        using var client = new PlainClient(server.Endpoints[0].Port);
        Assert.Equal("SEND OK", client.Send("a.1.data", Content));
    }
}
