using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Protocol;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.RealClient;

/// <summary>Debian's tentacle_client against our server.</summary>
public sealed class StockClientInteropTests
{
    [Fact]
    public async Task It_sends_files_of_all_sizes_byte_for_byte()
    {
        using var ours = new OurServer(o => o with { MaxFileBytes = 100_000_000 });
        using var folder = new TempFolder();
        var sizes = new[] { 1, 1023, 1024, 1025, 4096, 65536, 65537, 20_000_000 };
        var paths = sizes.Select((size, i) => folder.Write($"f{i}.1.data", AgentData.Noise(i, size))).ToArray();
        var result = await RunAsync(ours, paths);
        Assert.True(result.ExitCode == 0, result.ToString());
        for (var i = 0; i < sizes.Length; i++)
            Assert.Equal(AgentData.Noise(i, sizes[i]), ours.Buffer.Read($"f{i}.1.data"));
    }

    [Fact]
    public async Task It_gets_files_byte_for_byte()
    {
        using var ours = new OurServer();
        using var folder = new TempFolder();
        var content = AgentData.Noise(7, 300_000);
        ours.Buffer.Write("agent.conf", content);
        var result = await RunAsync(ours, ["-g", "agent.conf"], folder.Path);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(content, folder.Read("agent.conf"));
    }

    [Fact]
    public async Task It_is_let_in_with_the_right_password_and_kept_out_with_a_wrong_one()
    {
        using var ours = new OurServer(o => o with { Password = TentaclePassword.FromText("sesame") });
        using var folder = new TempFolder();
        var path = folder.Write("a.1.data", "content");
        var wrong = await RunAsync(ours, ["-x", "wrong", path]);
        Assert.NotEqual(0, wrong.ExitCode);
        Assert.Empty(ours.Buffer.FileNames());
        var right = await RunAsync(ours, ["-x", "sesame", path]);
        Assert.True(right.ExitCode == 0, right.ToString());
        Assert.Equal(["a.1.data"], ours.Buffer.FileNames());
    }

    [Fact]
    public async Task It_is_told_of_a_refusal()
    {
        using var ours = new OurServer(o => o with { MaxFileBytes = 10 });
        using var folder = new TempFolder();
        var result = await RunAsync(ours, [folder.Write("a.1.data", "more than ten bytes")]);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("file is too big", result.Output + result.Errors, System.StringComparison.Ordinal);
        Assert.Empty(ours.Buffer.FileNames());
    }

    [Fact]
    public async Task What_it_sends_is_drained()
    {
        var files = AgentData.MakeMany(50);
        using var ours = new OurServer();
        using var folder = new TempFolder();
        var result = await RunAsync(ours, files.Select(f => folder.Write(f.Name, f.Content)));
        Assert.True(result.ExitCode == 0, result.ToString());
        using var target = new SyncTarget();
        Assert.True((await target.DrainAsync(ours.Port)).Succeeded);
        target.HasExactly(files);
        Assert.Empty(ours.Buffer.FileNames());
    }

    private static async Task<ProgramResult> RunAsync(OurServer server, IEnumerable<string> arguments, string? folder = null)
    {
        Assert.SkipWhen(RealPrograms.TentacleClient.WhyMissing is not null, RealPrograms.TentacleClient.WhyMissing ?? string.Empty);
        var port = server.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return await RealPrograms.TentacleClient.RunAsync(["-a", "127.0.0.1", "-p", port, .. arguments], folder: folder ?? Path.GetTempPath());
    }
}
