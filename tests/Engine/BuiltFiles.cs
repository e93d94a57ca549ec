using System;
using System.IO;
using System.Linq;
using System.Reflection;

namespace PandoraSync.Tests.Engine;

/// <summary>Where the build put what these tests run.</summary>
internal static class BuiltFiles
{
    public static string PesterFolder { get; } = Path.GetFullPath(Path.Combine(Metadata("Repository"), "tests", "Pester"));

    public static string Host { get; } = Path.GetFullPath(Path.Combine(Metadata("HostFolder"), OperatingSystem.IsWindows() ? "pandorasync.exe" : "pandorasync"));

    public static string Version { get; } = Metadata("Version");

    private static string Metadata(string key) =>
        typeof(BuiltFiles).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => string.Equals(attribute.Key, key, StringComparison.Ordinal)).Value!;
}
