using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using PandoraSync.TestSupport;

namespace PandoraSync.Bench;

/// <summary>The files that comparisons move, and the check that they have arrived.</summary>
internal static class AgentFiles
{
    private const int Sampled = 50;

    /// <summary>Puts files into a folder and has them on disk, so that nobody's run is slowed down by what was prepared for it.</summary>
    public static void Fill(TempFolder folder, IEnumerable<AgentData> files)
    {
        foreach (var file in files)
            File.WriteAllBytes(folder[file.Name], file.Content);
        using var sync = Process.Start("sync");
        sync.WaitForExit();
    }

    /// <summary>Makes sure that a folder has these files and no others: all are counted, some are compared.</summary>
    /// <exception cref="BenchFailedException">It has not.</exception>
    public static void Check(string folder, AgentData[] files)
    {
        var count = Directory.EnumerateFiles(folder).Count();
        if (count != files.Length)
            throw new BenchFailedException($"{count} of {files.Length} files have arrived.");
        foreach (var file in files.Where((_, i) => i % Math.Max(1, files.Length / Sampled) == 0))
        {
            if (!File.ReadAllBytes(Path.Combine(folder, file.Name)).AsSpan().SequenceEqual(file.Content))
                throw new BenchFailedException($"{file.Name} has arrived with other content.");
        }
    }

    /// <summary>Makes sure that nothing is left to be fetched.</summary>
    /// <exception cref="BenchFailedException">Something is.</exception>
    public static void CheckGone(string folder)
    {
        if (Directory.EnumerateFiles(folder, "*.data").FirstOrDefault() is { } left)
            throw new BenchFailedException($"{Path.GetFileName(left)} is still at its source.");
    }
}
