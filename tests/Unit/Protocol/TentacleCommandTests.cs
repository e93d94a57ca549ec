using System;
using System.Text;
using PandoraSync.Protocol;
using Xunit;

namespace PandoraSync.Tests.Protocol;

public class TentacleCommandTests
{
    [Theory]
    [InlineData("SEND <a.data> SIZE 12", TentacleVerb.Send, "a.data", 12)]
    [InlineData("ZSEND <a b.data> SIZE 0", TentacleVerb.ZSend, "a b.data", 0)]
    [InlineData("SEND <> SIZE 1", TentacleVerb.Send, "", 1)]
    [InlineData("SEND <a> SIZE 2> SIZE 3", TentacleVerb.Send, "a> SIZE 2", 3)]
    [InlineData("SEND <a> SIZE 999999999999999999", TentacleVerb.Send, "a", 999999999999999999)]
    [InlineData("RECV <a.data>", TentacleVerb.Recv, "a.data", 0)]
    [InlineData("ZRECV <ä.data>", TentacleVerb.ZRecv, "ä.data", 0)]
    [InlineData("MV <a<b>c>", TentacleVerb.Mv, "a<b>c", 0)]
    [InlineData("LS <>", TentacleVerb.Ls, "", 0)]
    [InlineData("LS <x.conf>", TentacleVerb.Ls, "x.conf", 0)]
    [InlineData("QUIT", TentacleVerb.Quit, "", 0)]
    public void A_command_is_read_and_written_alike(string line, TentacleVerb verb, string name, long size)
    {
        var command = Parse(line);
        Assert.Equal(verb, command.Verb);
        Assert.Equal(name, command.Name);
        Assert.Equal(size, command.Size);
        Assert.False(command.IsConfirmation);
        Assert.Equal(line + "\n", Encoding.UTF8.GetString(command.ToBytes()));
    }

    [Theory]
    [InlineData("RECV OK", TentacleVerb.Recv)]
    [InlineData("ZRECV OK", TentacleVerb.ZRecv)]
    [InlineData("LS OK", TentacleVerb.Ls)]
    [InlineData("MV OK", TentacleVerb.Mv)]
    public void A_confirmation_is_no_request(string line, TentacleVerb verb)
    {
        var command = Parse(line);
        Assert.Equal(verb, command.Verb);
        Assert.True(command.IsConfirmation);
        Assert.Equal(line + "\n", Encoding.UTF8.GetString(command.ToBytes()));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("send <a> SIZE 1")]
    [InlineData("QUIT ")]
    [InlineData("QUIT now")]
    [InlineData("QUIT\r")]
    [InlineData("LS")]
    [InlineData("LS ")]
    [InlineData("LS <")]
    [InlineData("LS >")]
    [InlineData("LS <>\r")]
    [InlineData(" LS <>")]
    [InlineData("RECV a.data")]
    [InlineData("RECV  <a.data>")]
    [InlineData("RECV OK\r")]
    [InlineData("MV <a.data> ")]
    [InlineData("SEND <a.data>")]
    [InlineData("SEND <a.data> SIZE")]
    [InlineData("SEND <a.data> SIZE ")]
    [InlineData("SEND <a.data> SIZE -1")]
    [InlineData("SEND <a.data> SIZE +1")]
    [InlineData("SEND <a.data> SIZE 1 ")]
    [InlineData("SEND <a.data> SIZE 1e3")]
    [InlineData("SEND <a.data> SIZE 0x10")]
    [InlineData("SEND <a.data> SIZE ١")]
    [InlineData("SEND <a.data> SIZE 9999999999999999999")]
    [InlineData("SEND <a.data>SIZE 1")]
    [InlineData("SEND a.data> SIZE 1")]
    [InlineData("SEND OK")]
    [InlineData("HELO")]
    public void Anything_else_is_unknown(string line) => Assert.Equal(TentacleVerb.Unknown, Parse(line).Verb);

    [Fact]
    public void Bytes_that_are_no_UTF8_make_an_invalid_name_and_no_unknown_command()
    {
        var command = TentacleCommand.Parse(new ArraySegment<byte>([.. Encoding.ASCII.GetBytes("RECV <a"), 0xFF, (byte)'>']));
        Assert.Equal(TentacleVerb.Recv, command.Verb);
        Assert.NotNull(FileNameRules.WhyInvalid(command.Name));
    }

    [Fact]
    public void A_line_in_the_middle_of_a_larger_array_is_read_alone()
    {
        var bytes = Encoding.ASCII.GetBytes("garbageMV <a>garbage");
        Assert.Equal("a", TentacleCommand.Parse(new ArraySegment<byte>(bytes, 7, 6)).Name);
    }

    [Fact]
    public void A_password_never_shows()
    {
        var password = TentaclePassword.FromText("secret");
        var command = TentacleCommand.Pass(password);
        var digest = Encoding.ASCII.GetString(command.ToBytes()).Substring(5).TrimEnd();
        Assert.Equal(32, digest.Length);
        Assert.DoesNotContain(digest, command.ToString(), StringComparison.Ordinal);
        Assert.Equal(digest, Parse("PASS " + digest).Digest);
        Assert.DoesNotContain("secret", password.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Control_characters_never_reach_a_log() =>
        Assert.Equal(@"RECV <a\x1b[2J>", Parse("RECV <a\u001b[2J>").ToString());

    private static TentacleCommand Parse(string line) => TentacleCommand.Parse(new ArraySegment<byte>(Encoding.UTF8.GetBytes(line)));
}
