using System;
using System.Text;
using PandoraSync.Protocol;
using Xunit;

namespace PandoraSync.Tests.Protocol;

public class TentacleReplyTests
{
    [Theory]
    [InlineData("SEND OK", TentacleVerb.Send)]
    [InlineData("PASS OK", TentacleVerb.Pass)]
    [InlineData("ZSEND OK", TentacleVerb.ZSend)]
    public void Consent_is_read_and_written_alike(string line, TentacleVerb verb)
    {
        var reply = Parse(line)!;
        Assert.Equal(verb, reply.Verb);
        Assert.True(reply.IsOk);
        Assert.Equal(line + "\n", Encoding.UTF8.GetString(reply.ToBytes()));
    }

    [Theory]
    [InlineData("RECV SIZE 0", TentacleVerb.Recv, 0)]
    [InlineData("LS SIZE 17", TentacleVerb.Ls, 17)]
    [InlineData("MV SIZE 999999999999999999", TentacleVerb.Mv, 999999999999999999)]
    public void A_size_is_read_and_written_alike(string line, TentacleVerb verb, long size)
    {
        var reply = Parse(line)!;
        Assert.Equal(verb, reply.Verb);
        Assert.Equal(size, reply.Size);
        Assert.False(reply.IsOk);
        Assert.Equal(line + "\n", Encoding.UTF8.GetString(reply.ToBytes()));
    }

    [Theory]
    [InlineData("RECV ERR (file does not exist)", "file does not exist")]
    [InlineData("RECV ERR", "")]
    [InlineData("RECV ERR ", "")]
    [InlineData("RECV ERR no reason", "no reason")]
    public void A_refusal_has_its_reason(string line, string reason)
    {
        var reply = Parse(line)!;
        Assert.Equal(reason, reply.Reason);
        Assert.False(reply.IsOk);
        Assert.Null(reply.Size);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 400 Bad Request")]
    [InlineData("SSH-2.0-OpenSSH_9.9")]
    [InlineData("RECV")]
    [InlineData("RECV ")]
    [InlineData("RECV OK ")]
    [InlineData("RECV OK\r")]
    [InlineData("RECV SIZE")]
    [InlineData("RECV SIZE -1")]
    [InlineData("RECV SIZE 1\r")]
    [InlineData("RECV SIZE 9999999999999999999")]
    [InlineData("recv OK")]
    [InlineData("RECV ERROR")]
    [InlineData("QUIT OK")]
    public void Anything_else_is_no_reply(string line) => Assert.Null(Parse(line));

    [Fact]
    public void A_reason_from_afar_cannot_play_with_the_terminal() =>
        Assert.DoesNotContain("\u001b", Parse("RECV ERR (\u001b[2J)")!.ToString(), StringComparison.Ordinal);

    private static TentacleReply? Parse(string line) => TentacleReply.Parse(new ArraySegment<byte>(Encoding.UTF8.GetBytes(line)));
}
