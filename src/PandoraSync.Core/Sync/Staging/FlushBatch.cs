using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using PandoraSync.Native;
using PandoraSync.Sync.Drain;

namespace PandoraSync.Sync.Staging;

/// <summary>
/// Files that are received one after the other and flushed together. Linux tells of a write that failed once to each descriptor that was
/// open by then, so either the batch holds its files open until each is flushed, or one descriptor of their file system from before
/// the first file on.
/// </summary>
internal sealed class FlushBatch(DrainContext context)
{
    private const int MostFiles = 1024;
    private const long MostBytes = 32L * 1024 * 1024;
    private const int MostOpenFiles = 64;
    private const long PresumedOpenFiles = 1024;

    // A flush of the whole file system writes what others have left unwritten too; for a few files that is no good bargain.
    private const int FewestForOneFlush = 8;

    // What comes slowly is not to wait long for the rest.
    private static readonly TimeSpan MostAge = TimeSpan.FromSeconds(2);
    private readonly Stopwatch _age = new();
    private readonly List<StagedFile> _open = [];
    private FolderHandle? _fileSystem;
    private bool _isTogether;
    private Task? _whole;
    private long _bytes;

    /// <summary>The files, in the order in which they were received.</summary>
    public List<StagedFile> Files { get; } = [];

    /// <summary>True if it should be flushed before more is received.</summary>
    public bool IsFull => Files.Count >= MostFiles || _bytes >= MostBytes || _age.Elapsed >= MostAge || (_open.Count >= MostOpen && !_isTogether);

    /// <summary>How many files more it takes without being flushed.</summary>
    /// <exception cref="IOException">The staging folder cannot be opened.</exception>
    public int Room
    {
        get
        {
            _fileSystem ??= context.Staging.Open();
            return (int)Math.Max(0, _fileSystem.CanFlushFileSystem ? MostFiles - Files.Count : MostOpen - _open.Count);
        }
    }

    /// <summary>A file of this batch to receive into.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public FileStream CreatePart()
    {
        _fileSystem ??= context.Staging.Open();
        return context.Staging.CreatePart();
    }

    /// <summary>Adds a file that was received into a part of this batch, or one that lay here before.</summary>
    public void Add(StagedFile file)
    {
        Files.Add(file);
        context.Progress.Came();
        _age.Start();
        _bytes += file.Length;
        if (file.Content is null)
            return;
        _open.Add(file);
        _isTogether |= _open.Count >= Math.Min(FewestForOneFlush, MostOpen) && _fileSystem!.CanFlushFileSystem;
        if (_isTogether)
            CloseFiles();
    }

    /// <summary>Has all files flushed and put where a later run finds them; begun by the first call, the others wait for the same end.</summary>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    public Task FlushAsync() => _whole ??= MakeAllWholeAsync();

    private async Task MakeAllWholeAsync()
    {
        using (_fileSystem)
            await context.Staging.FlushAsync(Files.ToArray(), _isTogether ? _fileSystem : null).ConfigureAwait(false);
    }

    /// <summary>All batches of a run together leave most of what a process may have open to others.</summary>
    private long MostOpen
    {
        get
        {
            const int batchesPerConnection = 2;
            const int ourPart = 4;
            var batches = (long)context.Options.Connections * context.Options.ThrottleLimit * batchesPerConnection;
            return Math.Max(1, Math.Min(MostOpenFiles, (FileSystemCalls.MostOpenFiles() ?? PresumedOpenFiles) / ourPart / batches));
        }
    }

    private void CloseFiles()
    {
        foreach (var file in _open)
        {
            file.Content?.Dispose();
            file.Content = null;
        }

        _open.Clear();
    }
}
