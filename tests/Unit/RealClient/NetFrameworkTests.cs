using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.Tests.RealClient;

/// <summary>The netstandard2.0 asset in a .NET Framework program, under Mono: the nearest thing to Windows PowerShell's runtime.</summary>
public sealed class NetFrameworkTests
{
    private static readonly string Folder = Path.Combine(
        typeof(NetFrameworkTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => string.Equals(a.Key, "Artifacts", System.StringComparison.Ordinal)).Value!, "netframework");

    [Fact]
    public async Task A_NET_Framework_program_serves_sends_lists_and_drains()
    {
        Assert.SkipWhen(RealPrograms.Mono.WhyMissing is not null, RealPrograms.Mono.WhyMissing ?? string.Empty);
        var result = await RealPrograms.Mono.RunAsync([Path.Combine(Folder, "PandoraSync.NetFramework.exe")]);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("100 files served, sent, listed and drained", result.Output, System.StringComparison.Ordinal);
        Assert.Contains(".NETStandard,Version=v2.0", result.Output, System.StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_does_so_over_mutual_TLS_with_another_BouncyCastle_beside_it()
    {
        Assert.SkipWhen(RealPrograms.Mono.WhyMissing is not null, RealPrograms.Mono.WhyMissing ?? string.Empty);
        var result = await RealPrograms.Mono.RunAsync([Path.Combine(Folder, "PandoraSync.NetFramework.exe"), "BouncyCastle.Cryptography"]);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("BouncyCastle.Cryptography 2.4.0", result.Output, System.StringComparison.Ordinal);
        Assert.Contains("100 files served, sent, listed and drained", result.Output, System.StringComparison.Ordinal);
        Assert.Contains("TLS", result.Output, System.StringComparison.Ordinal);
    }

    [Fact]
    public void It_needs_no_assembly_beside_Core_and_its_BouncyCastle() =>
        Assert.Equal(
            ["PandoraSync.BouncyCastle.dll", "PandoraSync.Core.dll"],
            Directory.EnumerateFiles(Folder, "*.dll").Select(p => Path.GetFileName(p)).Where(n => n is not "BouncyCastle.Cryptography.dll").Order(System.StringComparer.Ordinal));
}
