using System;
using System.Collections.Generic;
using System.IO;
using PandoraSync.Files;
using PandoraSync.Native;
using PandoraSync.Protocol;

namespace PandoraSync.Server.Storage;

/// <summary>
/// What a buffer comes to, found by looking at each of its files once and keeping none but some of the oldest: a buffer of a million
/// files takes no more memory than a small one.
/// </summary>
internal sealed class BufferCount
{
    private readonly SortedSet<BufferFile> _eldest = new(Comparer<BufferFile>.Create(static (one, other) =>
        one.Modified != other.Modified ? one.Modified.CompareTo(other.Modified) : string.CompareOrdinal(one.Path, other.Path)));

    private BufferCount()
    {
    }

    /// <summary>Files.</summary>
    public long Files { get; private set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>When the oldest was written; <see cref="DateTime.MaxValue"/> if there is none.</summary>
    public DateTime Oldest { get; private set; } = DateTime.MaxValue;

    /// <summary>Files that may be dropped.</summary>
    public long FreeFiles { get; private set; }

    /// <summary>Their bytes.</summary>
    public long FreeBytes { get; private set; }

    /// <summary>The oldest of those that may be dropped, oldest first.</summary>
    public IReadOnlyCollection<BufferFile> EvictionCandidates => _eldest;

    /// <summary>Looks through folders.</summary>
    /// <param name="folders">The folders; one that is not there has no files.</param>
    /// <param name="mayDrop">Whether a file may be dropped; a name is told.</param>
    /// <param name="most">Most files to keep as <see cref="EvictionCandidates"/>.</param>
    /// <exception cref="IOException">A folder cannot be read.</exception>
    public static BufferCount Of(IEnumerable<string> folders, Func<string, bool> mayDrop, int most)
    {
        var count = new BufferCount();
        foreach (var folder in folders)
        {
            foreach (var bytes in FolderFiles.Names(folder))
            {
                if (!TentacleText.TryDecode(bytes, out var name) || Look(Path.Combine(folder, name)) is not { } status)
                    continue;
                count.Add(status);
                if (most > 0 && mayDrop(name))
                    count.AddFree(folder, name, status, most);
            }
        }

        return count;
    }

    private static FileStatus? Look(string path)
    {
        try
        {
            return FileSystemCalls.StatusOf(path);
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            // It has just been taken.
            return null;
        }
    }

    private void Add(FileStatus status)
    {
        Files++;
        Bytes += status.Length;
        if (status.Modified < Oldest)
            Oldest = status.Modified;
    }

    private void AddFree(string folder, string name, FileStatus status, int most)
    {
        FreeFiles++;
        FreeBytes += status.Length;
        if (_eldest.Count == most && _eldest.Max!.Modified < status.Modified)
            return;
        _eldest.Add(new BufferFile(Path.Combine(folder, name), status.Length, status.Modified));
        if (_eldest.Count > most)
            _eldest.Remove(_eldest.Max!);
    }
}
