using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading.Tasks;

namespace PandoraSync.Sync;

/// <summary>Files that are flushed together.</summary>
internal sealed class DrainWindow(StagingFolder staging)
{
    private const int MostFiles = 1024;
    private const long MostBytes = 32L * 1024 * 1024;

    // What comes slowly is not to wait long for the rest.
    private static readonly TimeSpan MostAge = TimeSpan.FromSeconds(2);
    private readonly Stopwatch _age = new();
    private Task? _whole;
    private long _bytes;

    /// <summary>The files, in the order in which they were received.</summary>
    public List<StagedFile> Files { get; } = [];

    /// <summary>True if it should be flushed before more is received.</summary>
    public bool IsFull => Files.Count >= MostFiles || _bytes >= MostBytes || _age.Elapsed >= MostAge;

    /// <summary>Adds a file.</summary>
    public void Add(StagedFile file)
    {
        Files.Add(file);
        _age.Start();
        _bytes += file.Length;
    }

    /// <summary>Has all files flushed and put where a later run finds them; begun by the first call, the others wait for the same end.</summary>
    /// <exception cref="System.IO.IOException">The disk is full or broken.</exception>
    public Task MakeWholeAsync() => _whole ??= staging.MakeWholeAsync(Files.ToArray());
}
