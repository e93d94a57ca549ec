using PandoraSync.Protocol;
using Xunit;

namespace PandoraSync.Tests.Protocol;

public class AgentDataNameTests
{
    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef.1760000000.data", 1760000000)]
    [InlineData("web_1760000000.data", 1760000000)]
    [InlineData("web.server.1.data", 1)]
    [InlineData("a.00012.data", 12)]
    [InlineData("a.253402300799.data", 253402300799)]
    public void The_epoch_is_the_number_before_the_extension(string name, long epoch)
    {
        Assert.True(AgentDataName.TryGetEpoch(name, out var found));
        Assert.Equal(epoch, found);
    }

    [Theory]
    [InlineData("web.data")]
    [InlineData("web.1760000000.DATA")]
    [InlineData("web.1760000000.data.tmp")]
    [InlineData("web1760000000.data")]
    [InlineData("web-1760000000.data")]
    [InlineData(".1760000000.data")]
    [InlineData("1760000000.data")]
    [InlineData("web.0.data")]
    [InlineData("web.253402300800.data")]
    [InlineData("web.99999999999999999999.data")]
    [InlineData("web..data")]
    [InlineData(".data")]
    [InlineData("")]
    [InlineData("web.conf")]
    public void Other_names_have_none(string name) => Assert.False(AgentDataName.TryGetEpoch(name, out _));

    [Theory]
    [InlineData("web.1760000000.data", 1, "web.1760000001.data")]
    [InlineData("web.1760000000.data", 25, "web.1760000025.data")]
    [InlineData("web_9.data", 1, "web_10.data")]
    [InlineData("web.conf", 1, "web.1.conf")]
    [InlineData("web.conf", 2, "web.2.conf")]
    [InlineData("README", 1, "README.1")]
    [InlineData(".hidden", 1, ".hidden.1")]
    [InlineData("web.data", 3, "web.3.data")]
    public void The_next_name_keeps_the_agents_part(string name, long step, string next) => Assert.Equal(next, AgentDataName.Next(name, step));

    [Theory]
    [InlineData("a", ".data")]
    [InlineData("\u6F22", ".1760000000.data")]
    [InlineData("\U0001F600", "")]
    public void The_next_name_is_no_longer_than_a_name_can_be(string letter, string end)
    {
        var name = string.Concat(System.Linq.Enumerable.Repeat(letter, (255 - end.Length) / System.Text.Encoding.UTF8.GetByteCount(letter))) + end;
        var next = AgentDataName.Next(name, 999_999_999_999);
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(next), 1, 255);
        Assert.Null(FileNameRules.UnsafeReason(next));
        Assert.NotEqual(next, AgentDataName.Next(name, 1));
    }
}
