using System;
using System.IO;
using System.Linq;
using System.Reflection;

namespace PandoraSync.Tests.Engine;

/// <summary>Where things are.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Metadata("Repository"));

    /// <summary>The version that everything was built with.</summary>
    public static string Version { get; } = Metadata("Version");

    public static string Module => Path.Combine(Root, "artifacts", "module", "PandoraSync");

    public static string Host => Path.Combine(Root, "artifacts", "host", OperatingSystem.IsWindows() ? "pandorasync.exe" : "pandorasync");

    public static string Examples => Path.Combine(Root, "examples");

    public static string PesterFiles => Path.Combine(Root, "tests", "Pester");

    private static string Metadata(string key) => typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => string.Equals(a.Key, key, StringComparison.Ordinal)).Value!;
}
