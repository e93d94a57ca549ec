using System.IO;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.Tests.Client;

public class UnsafeNameTests : ClientTest
{
    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("a|b")]
    [InlineData("|id")]
    [InlineData("a;b")]
    [InlineData("$x")]
    [InlineData("`id`")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("a\nQUIT")]
    [InlineData("a\u001bb")]
    [InlineData("a> SIZE 1")]
    [InlineData(".")]
    [InlineData("")]
    public async Task An_unsafe_name_never_reaches_a_server(string name)
    {
        using var server = new StockServer();
        using var client = await Connect(server);
        using var any = new MemoryStream([1]);
        await Refuses(() => client.GetSizeAsync(name, Token));
        await Refuses(() => client.TakeAsync(TentacleVerb.Mv, name, _ => any, received: null, Token));
        await Refuses(() => client.DeleteAsync(name, Token));
        await Refuses(() => client.SendAsync(name, any, 1, sent: null, Token));
        await Refuses(() => client.SendCompressedAsync(name, any, sent: null, Token));
        if (name.Length > 0)
            await Refuses(() => client.ListAsync(name, Token));

        // The next command shows that the session is as it was, and that nothing came before it.
        await client.ListAsync(string.Empty, Token);
        Assert.Equal(["LS <>", "LS OK"], server.Commands);
        Assert.Equal(0, any.Position);
    }

    [Fact]
    public async Task Unsafe_names_in_a_listing_are_marked()
    {
        using var server = new StockServer(onStep: moment =>
        {
            if (moment.Point == StockPoint.Content)
                moment.Data = [.. "ok.1.data\n../x\na|\n"u8, 0xC3, 0x28, (byte)'\n'];
            else if (moment.Point == StockPoint.Reply)
                moment.Say("LS SIZE 21\n");
        });
        using var client = await Connect(server);
        var names = await client.ListAsync(string.Empty, Token);
        Assert.Equal(4, names.Count);
        Assert.Null(names[0].UnsafeReason);
        Assert.NotNull(names[1].UnsafeReason);
        Assert.NotNull(names[2].UnsafeReason);
        Assert.NotNull(names[3].UnsafeReason);
    }

    private static async Task Refuses(System.Func<Task> action)
    {
        var error = await Assert.ThrowsAsync<TentacleException>(action);
        Assert.Equal(TentacleErrorKind.BadName, error.Kind);
        Assert.False(error.CanRetry);
    }
}
