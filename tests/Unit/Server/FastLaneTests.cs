using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Server;

/// <summary>protocol.md, section 9: questions asked ahead, and deletion by content.</summary>
public sealed class FastLaneTests
{
    private static readonly AgentData[] Files = AgentData.MakeMany(4);

    private static readonly string Answers = string.Concat(Files.Select(f => $"RECV SIZE {f.Content.Length}\n{Encoding.Latin1.GetString(f.Content)}"));

    [Fact]
    public void A_server_that_lets_clients_take_files_announces_it()
    {
        using var ours = new OurServer();
        using var client = new PlainClient(ours.Port);
        Assert.Equal("RECV ERR (file does not exist; fast lane 1)", client.Ask("RECV <.pandorasync>"));
    }

    [Fact]
    public void A_server_that_does_not_let_clients_take_files_announces_nothing()
    {
        using var ours = new OurServer(o => o with { AllowListing = false });
        using var client = new PlainClient(ours.Port);
        Assert.Equal("RECV ERR (file does not exist)", client.Ask("RECV <.pandorasync>"));
    }

    [Fact]
    public void Questions_asked_ahead_are_answered_one_after_the_other()
    {
        using var ours = With(Files);
        using var client = new PlainClient(ours.Port);
        client.Say(string.Concat(Files.Select(Receive)));
        Assert.Equal(Answers, Encoding.Latin1.GetString(client.ReadBytes(Answers.Length)));
        Assert.Equal(4, client.Ls()!.Length);
    }

    [Fact]
    public void Thousands_of_questions_asked_ahead_are_answered()
    {
        var many = AgentData.MakeMany(300, 3000);
        using var ours = With(many);
        using var client = new PlainClient(ours.Port);
        foreach (var _ in Enumerable.Range(0, 10))
        {
            client.Say(string.Concat(many.Select(Receive)));
            foreach (var file in many)
            {
                Assert.Equal("RECV SIZE 3000", client.ReadLine());
                Assert.Equal(file.Content, client.ReadBytes(3000));
            }
        }

        Assert.Equal(0, client.UnreadBytes);
    }

    [Fact]
    public void Answers_do_not_wait_for_the_rest_of_a_question()
    {
        using var ours = With(Files);
        using var client = new PlainClient(ours.Port);
        client.Say(string.Concat(Files.Select(Receive)) + "RECV <half");
        Assert.Equal(Answers, Encoding.Latin1.GetString(client.ReadBytes(Answers.Length)));
        client.Say(" a name>\n");
        Assert.Equal("RECV ERR (file does not exist)", client.ReadLine());
    }

    [Theory]
    [InlineData("RECV <none>\nRECV OK\n", "RECV ERR (file does not exist)")]
    [InlineData("ZRECV <none>\nZRECV OK\n", "ZRECV ERR (file does not exist)")]
    [InlineData("MV <none>\nMV OK\n", "MV ERR (file does not exist)")]
    [InlineData("RECV <a?b>\nRECV OK\n", "RECV ERR (file has an invalid file name)")]
    public void A_confirmation_that_follows_a_refusal_is_passed_over(string said, string answer)
    {
        using var ours = With(Files);
        using var client = new PlainClient(ours.Port);
        client.Say(said + Receive(Files[0]));
        Assert.Equal(answer, client.ReadLine());
        Assert.Equal("RECV SIZE 4096", client.ReadLine());
        Assert.Equal(Files[0].Content, client.ReadBytes(4096));
    }

    [Theory]
    [InlineData("RECV <none>\nRECV OK\nRECV OK\n")]
    [InlineData("RECV <none>\nMV OK\n")]
    [InlineData("RECV OK\n")]
    public void A_confirmation_of_nothing_still_ends_the_conversation(string said)
    {
        using var ours = With(Files);
        using var client = new PlainClient(ours.Port);
        client.Say(said);
        if (said.StartsWith("RECV <", StringComparison.Ordinal))
            Assert.Equal("RECV ERR (file does not exist)", client.ReadLine());
        Assert.True(client.ServerCloses());
    }

    [Fact]
    public void A_file_is_deleted_by_its_content()
    {
        using var ours = With(Files);
        using var client = new PlainClient(ours.Port);
        Assert.Equal("DEL OK", client.Ask(Delete(Files[1], Files[1].Content)));
        Assert.Equal("DEL ERR (file does not exist)", client.Ask(Delete(Files[1], Files[1].Content)));
        Assert.Equal(Files.Where(f => f != Files[1]).Select(f => f.Name).Order(StringComparer.Ordinal), ours.Buffer.FileNames());
        Assert.Equal(1, ours.Server.Counters.FilesMoved);
    }

    [Fact]
    public void A_file_that_is_not_what_the_client_has_stays()
    {
        using var ours = With(Files);
        using var client = new PlainClient(ours.Port);
        Assert.Equal("DEL ERR (file has other content)", client.Ask(Delete(Files[1], Files[2].Content)));
        Assert.Equal(Files[1].Content, ours.Buffer.Read(Files[1].Name));
    }

    [Fact]
    public void A_large_file_is_deleted_by_its_content_in_its_turn()
    {
        var large = AgentData.Make(9, 3_000_000);
        using var ours = With([.. Files, large]);
        using var client = new PlainClient(ours.Port);
        client.Say(Receive(Files[0]) + Delete(large, large.Content) + "\n" + Delete(large, large.Content) + "\n");
        Assert.Equal("RECV SIZE 4096", client.ReadLine());
        Assert.Equal(Files[0].Content, client.ReadBytes(4096));
        Assert.Equal("DEL OK", client.ReadLine());
        Assert.Equal("DEL ERR (file does not exist)", client.ReadLine());
    }

    [Theory]
    [InlineData("DEL <a>")]
    [InlineData("DEL <a> SHA256 ")]
    [InlineData("DEL <a> SHA256 ABCD")]
    [InlineData("DEL <a> MD5 d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("DEL OK")]
    public void A_deletion_without_a_digest_ends_the_conversation(string said)
    {
        using var ours = With(Files);
        using var client = new PlainClient(ours.Port);
        client.Say(said + "\n");
        Assert.True(client.ServerCloses());
    }

    [Fact]
    public void A_file_that_another_client_is_moving_is_not_deleted()
    {
        using var ours = With(Files);
        using var mover = new PlainClient(ours.Port);
        using var client = new PlainClient(ours.Port);
        Assert.Equal("MV SIZE 4096", mover.Ask($"MV <{Files[0].Name}>"));
        Assert.Equal("DEL ERR (file is in use)", client.Ask(Delete(Files[0], Files[0].Content)));
        Assert.True(ours.Buffer.Has(Files[0].Name));
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".pandorasync")]
    [InlineData("../outside")]
    public void Nothing_but_a_file_of_the_buffer_is_deleted(string name)
    {
        using var ours = With(Files);
        using var client = new PlainClient(ours.Port);
        Assert.Equal("DEL ERR (invalid file name)", client.Ask($"DEL <{name}> SHA256 {new string('0', 64)}"));
    }

    [Fact]
    public void A_link_is_not_deleted()
    {
        using var ours = With(Files);
        File.CreateSymbolicLink(ours.Buffer["link"], ours.Buffer[Files[0].Name]);
        using var client = new PlainClient(ours.Port);
        Assert.Equal("DEL ERR (file does not exist)", client.Ask(Delete(Files[0] with { Name = "link" }, Files[0].Content)));
        Assert.True(File.Exists(ours.Buffer["link"]));
    }

    [Fact]
    public void A_server_that_does_not_let_clients_take_files_deletes_none()
    {
        using var ours = new OurServer(o => o with { AllowListing = false });
        ours.Put(Files[0]);
        using var client = new PlainClient(ours.Port);
        client.Say(Delete(Files[0], Files[0].Content) + "\n");
        Assert.True(client.ServerCloses());
        Assert.True(ours.Buffer.Has(Files[0].Name));
    }

    [Fact]
    public async Task A_move_among_questions_asked_ahead_is_not_confirmed_by_those_that_came_before_its_content_left()
    {
        var large = AgentData.Make(9, 60_000);
        using var ours = With([.. Files, large]);
        using (var client = new PlainClient(ours.Port, receiveBufferBytes: 4096))
        {
            client.Say($"{Receive(Files[0])}MV <{large.Name}>\nMV OK\n{Receive(Files[1])}");
            await Eventually.BecomesTrue(() => ours.Server.Counters.FilesGiven >= 2, "the server has written all of it");
            client.Reset();
        }

        await Eventually.BecomesTrue(() => ours.Server.Counters.Connections == 0, "the server has seen the end");
        Assert.True(ours.Buffer.Has(large.Name));
    }

    private static OurServer With(AgentData[] files)
    {
        var ours = new OurServer();
        foreach (var file in files)
            ours.Put(file);
        return ours;
    }

    private static string Receive(AgentData file) => $"RECV <{file.Name}>\nRECV OK\n";

    private static string Delete(AgentData file, byte[] content) => $"DEL <{file.Name}> SHA256 {Convert.ToHexStringLower(SHA256.HashData(content))}";
}
