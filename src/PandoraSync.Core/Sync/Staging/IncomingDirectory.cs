using System;
using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;
using PandoraSync.Files;
using PandoraSync.Native;
using PandoraSync.Protocol;
using PandoraSync.Sync.Drain;

namespace PandoraSync.Sync.Staging;

/// <summary>
/// Pandora FMS's incoming directory, held by one run at a time. Files come in under their final name only when whole and flushed;
/// until then they are in our own folder inside it, which the data server never reads (protocol.md, section 4).
/// </summary>
internal sealed class IncomingDirectory : IDisposable
{
    /// <summary>Our folder inside the incoming directory.</summary>
    public const string OwnFolder = ".pandorasync";

    /// <summary>What is kept in our folder about the agents' configurations; it is no site's.</summary>
    public const string ConfigurationFolder = "configuration";

    private readonly FolderLock _lock;
    private readonly FolderFlusher _flusher;

    private IncomingDirectory(string path, string staging, FolderLock folderLock)
    {
        Path = path;
        Staging = staging;
        _lock = folderLock;
        _flusher = new FolderFlusher(path, Flushes);
        Storages = StorageMark.Around(path);
    }

    /// <summary>The directory.</summary>
    public string Path { get; }

    /// <summary>Our folder inside it.</summary>
    public string Staging { get; }

    /// <summary>The storage directories that it is, is in or has in it.</summary>
    public IReadOnlyList<StorageMark> Storages { get; }

    /// <summary>Where flushes run.</summary>
    public FlushQueue Flushes { get; } = new();

    /// <summary>Opens the directory for this run.</summary>
    /// <exception cref="TentacleException">It is missing, cannot be written, or another run has it.</exception>
    public static IncomingDirectory Open(string path)
    {
        if (!Directory.Exists(path))
            throw File.Exists(path)
                ? LocalFileError.NotAFolder(path, "open")
                : new TentacleException(TentacleErrorKind.LocalFile, $"The incoming directory '{path}' does not exist: create it or correct the path.") { File = path, Step = "open" };
        var staging = System.IO.Path.Combine(path, OwnFolder);
        try
        {
            DurableFolder.Create(path, staging);
            return new IncomingDirectory(path, staging, FolderLock.Take(System.IO.Path.Combine(staging, "lock"), path));
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            throw LocalFileError.Explain(e, path, "open");
        }
    }

    /// <summary>
    /// Gives a whole and flushed file its place. A name that other content has is left alone: the file gets the next free number.
    /// The same content under the same name is the same file, which an interrupted run had delivered already.
    /// </summary>
    /// <returns>Where the file is now; on disk it is there after <see cref="FlushAsync"/>.</returns>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public string Deliver(string staged, string name)
    {
        for (long step = 0; ; step++)
        {
            var target = System.IO.Path.Combine(Path, step == 0 ? name : AgentDataName.Next(name, step));
            if (FileSystemCalls.TryRename(staged, target))
                return target;
            if (!HaveSameContent(staged, target))
                continue;
            File.Delete(staged);
            return target;
        }
    }

    /// <summary>Gives a whole and flushed file of a site its place.</summary>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public void Deliver(StagedFile file) => file.Path = Deliver(file.Path, file.Name);

    /// <summary>To be asked for before files are delivered, and given to <see cref="FlushAsync"/>.</summary>
    public long Mark() => _flusher.Mark();

    /// <summary>
    /// Has files on disk that were delivered since the mark. After a failed flush they are delivered once more: their servers no longer have
    /// them, and the entries that it was about are not on disk.
    /// </summary>
    /// <param name="delivered">The files.</param>
    /// <param name="mark">From before the first was delivered.</param>
    /// <param name="folder">Where they go meanwhile.</param>
    /// <exception cref="IOException">The directory could not be flushed for too long.</exception>
    public Task FlushAsync(List<StagedFile> delivered, long mark, string folder) => DiskRetry.OutlastAsync(() => _flusher.FlushAsync(mark), () =>
    {
        mark = Mark();
        foreach (var file in delivered.FindAll(f => TryTakeBack(f, folder)))
            Deliver(file);
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        _lock.Dispose();
        _flusher.Dispose();
        Flushes.Dispose();
    }

    /// <summary>Takes a delivered file back.</summary>
    /// <returns>False if it is no longer there: the data server has taken it.</returns>
    private bool TryTakeBack(StagedFile file, string folder)
    {
        if (!string.Equals(System.IO.Path.GetDirectoryName(file.Path), Path, StringComparison.Ordinal))
            return true;
        if (FileSystemCalls.KindOf(file.Path) != EntryKind.File)
            return false;
        StagingFolder.Put(file, folder);
        return true;
    }

    /// <summary>Compares two files; one that is gone or no file is another.</summary>
    /// <exception cref="IOException">One cannot be read.</exception>
    public static bool HaveSameContent(string one, string other)
    {
        try
        {
            using var a = new FileStream(one, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var b = new FileStream(other, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (a.Length != b.Length)
                return false;
            using var compare = new ComparingStream(b);
            a.CopyTo(compare, BufferPool.BufferBytes);
            return compare.IsSameSoFar;
        }
        catch (Exception e) when (e is FileNotFoundException or UnauthorizedAccessException)
        {
            // The data server has just taken the other file, or it is a folder: the name is not ours to use either way.
            return false;
        }
    }
}
