using System;
using System.Text;
using System.Threading.Tasks;
using PandoraSync.Server;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Server;

/// <summary>protocol.md, section 5: a file is deleted only when the client has shown that it has the content.</summary>
public sealed class ServerMoveTests
{
    private static readonly AgentData File = AgentData.Make(1);

    [Fact]
    public void A_moved_file_is_gone_when_the_next_command_is_answered()
    {
        using var ours = With(File);
        using var client = new PlainClient(ours.Port);
        Assert.Equal(File.Content, client.Mv(File.Name));
        Assert.Empty(client.Ls()!);
        Assert.False(ours.Buffer.Has(File.Name));
    }

    [Fact]
    public async Task A_moved_file_is_gone_after_QUIT()
    {
        using var ours = With(File);
        using var client = new PlainClient(ours.Port);
        Assert.Equal(File.Content, client.Mv(File.Name));
        client.Quit();
        await Eventually.BecomesTrue(() => ours.Server.Counters.FilesMoved == 1, "the move is done");
        Assert.False(ours.Buffer.Has(File.Name));
    }

    [Fact]
    public async Task A_moved_file_is_gone_after_an_orderly_close()
    {
        using var ours = With(File);
        using (var client = new PlainClient(ours.Port))
            Assert.Equal(File.Content, client.Mv(File.Name));
        await Eventually.BecomesTrue(() => ours.Server.Counters.Connections == 0, "the server has seen the end");
        Assert.False(ours.Buffer.Has(File.Name));
    }

    [Fact]
    public async Task A_file_stays_when_a_client_that_would_say_QUIT_just_closes()
    {
        using var ours = With(File);
        using (var client = new PlainClient(ours.Port))
        {
            Assert.Equal("RECV ERR (file does not exist; fast lane 1)", client.Ask("RECV <.pandorasync>"));
            Assert.Equal(File.Content, client.Mv(File.Name));
        }

        await StaysWhole(ours);
    }

    [Fact]
    public async Task A_file_stays_when_the_client_said_all_beforehand_and_takes_nothing()
    {
        var large = AgentData.Make(1, 60_000);
        using var ours = With(large);
        using (var client = new PlainClient(ours.Port, receiveBufferBytes: 4096))
        {
            client.Say($"MV <{large.Name}>\nMV OK\nQUIT\n");
            await Eventually.BecomesTrue(() => ours.Server.Counters.FilesGiven == 1, "the server has written all of it");
            client.Reset();
        }

        await Eventually.BecomesTrue(() => ours.Server.Counters.Connections == 0, "the server has seen the end");
        Assert.Equal(large.Content, ours.Buffer.Read(large.Name));
    }

    [Fact]
    public async Task A_file_stays_when_the_client_breaks_the_connection_after_the_content()
    {
        using var ours = With(File);
        using (var client = new PlainClient(ours.Port))
        {
            Assert.Equal(File.Content, client.Mv(File.Name));
            client.Reset();
        }

        await StaysWhole(ours);
    }

    [Fact]
    public async Task A_file_stays_when_the_client_closes_without_having_read_the_content()
    {
        using var ours = With(File);
        using (var client = new PlainClient(ours.Port))
        {
            Assert.Equal($"MV SIZE {File.Content.Length}", client.Ask($"MV <{File.Name}>"));
            client.Say("MV OK\n");
            client.ReadBytes(1);
        }

        await StaysWhole(ours);
    }

    [Fact]
    public async Task A_file_stays_when_the_client_says_nonsense_after_the_content()
    {
        using var ours = With(File);
        using var client = new PlainClient(ours.Port);
        Assert.Equal(File.Content, client.Mv(File.Name));
        client.Say("nonsense\n");
        Assert.True(client.ServerCloses());
        await StaysWhole(ours);
    }

    [Fact]
    public async Task A_file_stays_when_the_client_falls_silent_after_the_content()
    {
        using var ours = new OurServer(o => o with { Timeout = System.TimeSpan.FromSeconds(0.2), RetryCount = 0 });
        ours.Put(File);
        using var client = new PlainClient(ours.Port);
        Assert.Equal(File.Content, client.Mv(File.Name));
        await StaysWhole(ours);
    }

    [Fact]
    public async Task A_file_stays_when_the_server_is_stopped_after_the_content()
    {
        using var ours = With(File);
        using var client = new PlainClient(ours.Port);
        Assert.Equal(File.Content, client.Mv(File.Name));
        await ours.Server.StopAsync();
        Assert.Equal(File.Content, ours.Buffer.Read(File.Name));
    }

    [Fact]
    public void A_move_that_is_declined_keeps_the_file_and_the_session()
    {
        using var ours = With(File);
        using var client = new PlainClient(ours.Port);
        Assert.Equal($"MV SIZE {File.Content.Length}", client.Ask($"MV <{File.Name}>"));
        client.Say("MV NO\n");
        Assert.Equal([File.Name], client.Ls()!);
        Assert.Equal(File.Content, client.Mv(File.Name));
    }

    [Fact]
    public void Of_two_clients_that_move_one_file_one_gets_it()
    {
        using var ours = With(File);
        using var one = new PlainClient(ours.Port);
        using var other = new PlainClient(ours.Port);
        Assert.Equal(File.Content, one.Mv(File.Name));
        Assert.Equal("MV ERR (file is in use)", other.Ask($"MV <{File.Name}>"));
        Assert.Equal("SEND ERR (file is in use)", other.Ask($"SEND <{File.Name}> SIZE 5"));
        Assert.Empty(one.Ls()!);
        Assert.Equal("MV ERR (file does not exist)", other.Ask($"MV <{File.Name}>"));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(4096)]
    public void A_file_that_was_replaced_from_outside_is_not_deleted_for_the_old_one(int length)
    {
        using var ours = With(File);
        using var client = new PlainClient(ours.Port);
        Assert.Equal(File.Content, client.Mv(File.Name));
        var other = AgentData.Noise(1, length);
        System.IO.File.SetLastWriteTimeUtc(ours.Buffer.Write(File.Name, other), DateTime.UtcNow.AddMinutes(1));
        Assert.Equal([File.Name], client.Ls()!);
        Assert.Equal(other, ours.Buffer.Read(File.Name));
        Assert.Equal(0, ours.Server.Counters.FilesMoved);
        Assert.Contains(ours.Log, e => e.Level == TentacleLogLevel.Error && e.Text.EndsWith($"took '{File.Name}', but it stays: it is another file by now", StringComparison.Ordinal));
    }

    [Fact]
    public void An_empty_file_can_be_asked_for_and_moved()
    {
        using var ours = new OurServer();
        ours.Buffer.Write("empty.1.data", string.Empty);
        using var client = new PlainClient(ours.Port);
        Assert.Equal("RECV SIZE 0", client.Ask("RECV <empty.1.data>"));
        client.Say("RECV OK\n");
        Assert.Empty(client.Mv("empty.1.data")!);
        Assert.Empty(client.Ls()!);
    }

    private static OurServer With(AgentData file)
    {
        var ours = new OurServer();
        ours.Put(file);
        return ours;
    }

    private static async Task StaysWhole(OurServer ours)
    {
        await Eventually.BecomesTrue(() => ours.Server.Counters.Connections == 0, "the server has seen the end");
        Assert.Equal(File.Content, ours.Buffer.Read(File.Name));
        using var next = new PlainClient(ours.Port);
        Assert.Equal(File.Content, next.Mv(File.Name));
    }
}
