using System;
using System.IO;
using System.Linq;
using System.Reflection;

namespace PandoraSync.SystemTests;

/// <summary>Where things are.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Metadata("Repository"));

    /// <summary>The version that everything was built with.</summary>
    public static string Version { get; } = Metadata("Version");

    public static string OlderPester { get; } = Metadata("OlderPester");

    public static string NewerPester { get; } = Metadata("NewerPester");

    /// <summary>The folder of the built module's folder, as for PSModulePath.</summary>
    public static string Modules => Path.Combine(Root, "artifacts", "module");

    public static string Tools => Path.Combine(Root, "artifacts", "tools");

    public static string PesterFiles => Path.Combine(Root, "tests", "Pester");

    private static string Metadata(string key) => typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => string.Equals(a.Key, key, StringComparison.Ordinal)).Value!;
}
