using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace PandoraSync.Fuzz.Targets;

/// <summary>The inputs that are kept for a target: seeds, and what once broke a promise.</summary>
internal static class SeedFolder
{
    public static IReadOnlyList<(string Path, byte[] Content)> Read(string fuzzFolder, string target) =>
        new[] { "seeds", "found" }.SelectMany(kind => Files(Path.Combine(fuzzFolder, kind, target))).ToList();

    public static IEnumerable<(string Path, byte[] Content)> Files(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).OrderBy(f => f, StringComparer.Ordinal).Select(f => (f, File.ReadAllBytes(f)))
        : [];
}
