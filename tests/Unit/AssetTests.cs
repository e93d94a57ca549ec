using System.Reflection;
using System.Runtime.Versioning;
using PandoraSync.Protocol;
using Xunit;

namespace PandoraSync.Tests;

public class AssetTests
{
#if CORE_NETSTANDARD
    private const string Expected = ".NETStandard,Version=v2.0";
#elif CORE_NET10
    private const string Expected = ".NETCoreApp,Version=v10.0";
#endif

    [Fact]
    public void The_library_that_is_loaded_is_the_asset_that_this_project_is_about()
    {
        var loaded = typeof(TentacleCommand).Assembly.GetCustomAttribute<TargetFrameworkAttribute>();
        Assert.Equal(Expected, loaded?.FrameworkName);
    }

    [Fact]
    public void The_library_refers_to_nothing_beside_the_runtime_and_its_own_BouncyCastle()
    {
        foreach (var reference in typeof(TentacleCommand).Assembly.GetReferencedAssemblies())
        {
            var name = reference.Name!;
            var isOfTheRuntime = name is "netstandard" || (Expected[4] == 'C' && (name is "Microsoft.Win32.Primitives" || name.StartsWith("System.", System.StringComparison.Ordinal)));
            Assert.True(isOfTheRuntime || name is "PandoraSync.BouncyCastle", $"It refers to {name}.");
        }
    }

    [Fact]
    public void Its_own_BouncyCastle_shows_no_type_to_others_and_has_no_strong_name()
    {
        var own = Assembly.Load("PandoraSync.BouncyCastle");
        Assert.Empty(own.GetExportedTypes());
        Assert.Empty(own.GetName().GetPublicKey()!);
    }
}
