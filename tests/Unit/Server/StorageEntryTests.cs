using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Server;
using PandoraSync.Server.Storage;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Server;

/// <summary>What lies in the storage directory and is no file of its own is never followed, listed, given, waited for or replaced.</summary>
public sealed class StorageEntryTests
{
    [Fact]
    public async Task A_link_is_neither_listed_nor_given_nor_moved_nor_replaced()
    {
        using var outside = new TempFolder();
        outside.Write("secret", "not yours");
        using var ours = new OurServer(o => o with { Overwrite = true });
        File.CreateSymbolicLink(ours.Buffer["a.1.data"], outside["secret"]);
        File.CreateSymbolicLink(ours.Buffer["b.2.data"], outside["nothing"]);
        await NothingIsMadeOf(ours, "a.1.data");
        await NothingIsMadeOf(ours, "b.2.data");
        Assert.Equal("not yours", await File.ReadAllTextAsync(outside["secret"], TestContext.Current.CancellationToken));
        Assert.False(outside.Has("nothing"));
    }

    [Fact]
    public async Task A_pipe_is_neither_listed_nor_waited_for()
    {
        using var ours = new OurServer();
        await new RealProgram("mkfifo", "coreutils").RunAsync([ours.Buffer["a.1.data"]]);
        await NothingIsMadeOf(ours, "a.1.data");
    }

    [Fact]
    public async Task A_device_is_neither_listed_nor_read()
    {
        using var ours = new OurServer();
        await new RealProgram("mknod", "coreutils").RunAsync([ours.Buffer["a.1.data"], "c", "1", "5"]);
        await NothingIsMadeOf(ours, "a.1.data");
    }

    [Fact]
    public void A_filter_folder_that_is_a_link_keeps_the_server_from_starting()
    {
        using var outside = new TempFolder();
        using var buffer = new TempFolder();
        Directory.CreateSymbolicLink(buffer["conf"], outside.Path);
        var options = new TentacleServerOptions(buffer.Path) { Addresses = ["127.0.0.1"], Port = 0, Filters = FolderFilters.Parse(@".*\.conf:conf") };
        var error = Assert.Throws<TentacleException>(() => TentacleServer.Start(options));
        Assert.Equal($"'{buffer["conf"]}' is a symbolic link: put a real folder in its place.", error.Message);
    }

    [Theory]
    [InlineData("agent.1.data", null)]
    [InlineData("console.data", null)]
    [InlineData("com10.data", null)]
    [InlineData("NUL", "a device")]
    [InlineData("aux.1700000000.data", "a device")]
    [InlineData("Com1.x", "a device")]
    [InlineData("lpt\u00B2", "a device")]
    [InlineData("con .data", "a device")]
    [InlineData("a.data.", "a dot or a space")]
    [InlineData("a ", "a dot or a space")]
    [InlineData("a\"b", "a character")]
    [InlineData("a\u0001b", "a character")]
    public void A_name_that_means_something_to_Windows_is_told(string name, string? why)
    {
        var reason = WindowsNames.WhyImpossible(name);
        Assert.Equal(why is null, reason is null);
        Assert.Contains(why ?? string.Empty, reason ?? string.Empty, StringComparison.Ordinal);
    }

    private static async Task NothingIsMadeOf(OurServer ours, string name)
    {
        var answers = await Eventually.Ends(Task.Run(() =>
        {
            using var client = new PlainClient(ours.Port);
            Assert.Empty(client.Ls()!);
            return new[] { client.Ask($"RECV <{name}>"), client.Ask($"MV <{name}>"), client.Ask($"ZRECV <{name}>"), client.Ask($"SEND <{name}> SIZE 5") }.Select(a => a ?? "closed").ToArray();
        }), "the answers");
        Assert.Equal(["RECV ERR (file does not exist)", "MV ERR (file does not exist)", "ZRECV ERR (file does not exist)", "SEND ERR (invalid file name)"], answers);
    }
}
