using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.Files;
using PandoraSync.Native;
using PandoraSync.Protocol;

namespace PandoraSync.Sync.Staging;

/// <summary>
/// One site's files on their way: <c>part</c> holds what is being received and is thrown away after a crash, since the server still has
/// it; <c>whole</c> holds what is flushed, under its own name, to be removed at the server and delivered by this run or the next; <c>again</c>
/// holds what is on its way out of there and back, so that its entry is made anew; <c>removed</c> holds what the server has confirmed to have
/// removed and could not be delivered at once: the only copy for certain, to be delivered without asking anybody. <c>moved</c> is what
/// versions before 0.1 have left: received whole by MV alone, not flushed, and perhaps the only copy; its SHA-256 if that was known, a dot, and
/// its name.
/// </summary>
internal sealed class StagingFolder : IDisposable
{
    private const int DigestCharacters = 64;

    /// <summary>The names of a site's folders.</summary>
    public const string Part = "part";

    /// <inheritdoc cref="Part"/>
    public const string Moved = "moved";

    /// <inheritdoc cref="Part"/>
    public const string Again = "again";

    /// <inheritdoc cref="Part"/>
    public const string Whole = "whole";

    /// <inheritdoc cref="Part"/>
    public const string Removed = "removed";

    private readonly string _folder;
    private readonly ScatteredFolder _part;
    private readonly string _whole;
    private readonly FlushQueue _flushes;
    private readonly FolderFlusher _wholeFlusher;

    public StagingFolder(IncomingDirectory incoming, SyncSite site, long minFreeBytes)
    {
        _folder = Path.Combine(incoming.Staging, site.FolderName);
        _whole = Path.Combine(_folder, Whole);
        _flushes = incoming.Flushes;
        DurableFolder.Create(incoming.Staging, _folder);
        DurableFolder.Create(_folder, _whole);
        _part = new ScatteredFolder(Path.Combine(_folder, Part));
        Space = new SiteSpace(_folder, site.Name, minFreeBytes);
        _wholeFlusher = new FolderFlusher(_whole, _flushes);
    }

    /// <summary>Space for what the site announces.</summary>
    public SiteSpace Space { get; }

    /// <summary>Where files are that are on disk, for a later run to find.</summary>
    public string WholeFolder => _whole;

    /// <summary>Where files are that only need their place in the incoming directory.</summary>
    public string RemovedFolder => Path.Combine(_folder, Removed);

    /// <summary>Throws away what is incomplete, as an interrupted run left it: the server still has it.</summary>
    /// <exception cref="IOException">Something cannot be deleted.</exception>
    public void Clear() => _part.Clear();

    /// <summary>Leaves no empty folders behind.</summary>
    public void Tidy()
    {
        _part.Tidy();
        foreach (var folder in new[] { Again, Moved }.Select(name => Path.Combine(_folder, name)).Where(f => Directory.Exists(f) && !Directory.EnumerateFileSystemEntries(f).Any()))
            Directory.Delete(folder);
    }

    /// <inheritdoc/>
    public void Dispose() => _wholeFlusher.Dispose();

    /// <summary>
    /// Gives what is complete, as an interrupted run left it. None of it is taken for whole: that run may have been killed before it heard
    /// that a flush failed, so entries are made again, and contents that were not flushed are written again.
    /// </summary>
    public IReadOnlyList<StagedFile> Recover() =>
    [
        .. FilesIn(_whole).Concat(FilesIn(Path.Combine(_folder, Again))).Select(f => Recovered(f, f.Name, digest: null, FileOnDisk.Flushed)),
        .. FilesIn(Path.Combine(_folder, Moved)).Select(f => f.Name.IndexOf('.') switch
        {
            0 => Recovered(f, f.Name.Substring(1), digest: null, FileOnDisk.Suspect),
            DigestCharacters => Recovered(f, f.Name.Substring(DigestCharacters + 1), f.Name.Substring(0, DigestCharacters), FileOnDisk.Suspect),
            _ => Recovered(f, f.Name, digest: null, FileOnDisk.Suspect),
        }),
    ];

    /// <summary>Reads a recovered file, unless it was flushed, and tells whether it is as it was received, as far as that is known.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static bool IsIntact(StagedFile file)
    {
        if (file.IsFlushed || file.Sha256 is null)
            return true;
        using var content = Read(file.Path);
        return string.Equals(ContentHash.Of(content), file.Sha256, StringComparison.Ordinal);
    }

    /// <summary>Opens the folder; what is received afterwards can be flushed through it.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public FolderHandle Open() => FolderHandle.Open(_folder);

    /// <summary>Notes that the server has removed a file which could not be delivered at once.</summary>
    /// <exception cref="IOException">It cannot be noted; the next run asks the server.</exception>
    public void KeepRemoved(StagedFile file)
    {
        DurableFolder.Create(_folder, RemovedFolder);
        Put(file, RemovedFolder);
    }

    /// <summary>A file to receive into.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public FileStream CreatePart() => _part.Create(FileAccess.ReadWrite);

    /// <summary>
    /// Flushes received files together and puts them where a later run finds them. Together, because a disk that has many flushes in
    /// hand does them with few writes to its journal.
    /// </summary>
    /// <param name="files">The files; those that are whole are left alone.</param>
    /// <param name="fileSystem">Opened before the first of them was made, to flush the whole file system with; null to flush each file by itself.</param>
    /// <exception cref="IOException">
    /// The disk is full or broken; <see cref="StagedFile.IsDurable"/> tells which files are safe. Of the others only those are kept that may be only copies.
    /// </exception>
    public async Task FlushAsync(IReadOnlyCollection<StagedFile> files, FolderHandle? fileSystem = null)
    {
        var received = files.Where(f => !f.IsDurable).ToArray();
        try
        {
            await FlushAsync(received, fileSystem).ConfigureAwait(false);
            await PromoteAsync(received).ConfigureAwait(false);
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            foreach (var file in received)
                file.FailFlush();
            foreach (var file in received.Where(f => !f.MayBeOnlyCopy))
                Discard(file);
            await SaveAsync(received.Where(f => f.MayBeOnlyCopy).ToArray()).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens a staged file to read.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static FileStream Read(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1);

    /// <summary>Throws away what has been received of a content, if anything.</summary>
    public static void Discard(FileStream? part)
    {
        part?.Dispose();
        if (part is not null)
            Discard(new StagedFile(Path.GetFileName(part.Name), part.Name, length: 0));
    }

    /// <summary>Deletes a staged file that the server still has, or that need not be delivered.</summary>
    public static void Discard(StagedFile file)
    {
        file.Content?.Dispose();
        file.Content = null;
        try
        {
            File.Delete(file.Path);
        }
        catch (Exception e) when (!file.IsDurable && LocalFileError.IsFileError(e))
        {
            // The next run throws away whatever lies in the folder for incomplete files.
        }
    }

    /// <summary>The files in a folder, which need not be there.</summary>
    public static FileInfo[] FilesIn(string folder) => Directory.Exists(folder) ? new DirectoryInfo(folder).GetFiles() : [];

    private static StagedFile Recovered(FileInfo file, string name, string? digest, FileOnDisk onDisk) =>
        new(name, file.FullName, file.Length, onDisk, FileAtServer.Unknown) { Sha256 = digest, IsRecovered = true };

    private async Task FlushAsync(StagedFile[] files, FolderHandle? fileSystem)
    {
        var fresh = files.Where(f => f.OnDisk == FileOnDisk.Written).ToArray();
        if (fileSystem is not null && fresh.Length > 0)
            await _flushes.RunAsync(() => FlushTogether(fresh, fileSystem)).ConfigureAwait(false);
        await Task.WhenAll(files.Where(f => !f.IsFlushed).Select(f => _flushes.RunAsync(() => Flush(f)))).ConfigureAwait(false);
    }

    /// <summary>Puts flushed files where a later run finds them; what is there already gets its entry anew.</summary>
    private async Task PromoteAsync(StagedFile[] files)
    {
        if (files.Length == 0)
            return;
        var mark = _wholeFlusher.Mark();
        foreach (var file in files)
        {
            if (string.Equals(Path.GetDirectoryName(file.Path), _whole, StringComparison.Ordinal))
                PutAgain(file);
            Put(file, _whole);
        }

        await _wholeFlusher.FlushAsync(mark).ConfigureAwait(false);
        foreach (var file in files)
            file.MakeDurable();
    }

    private void PutAgain(StagedFile file)
    {
        var again = Path.Combine(_folder, Again);
        DurableFolder.Create(_folder, again);
        Put(file, again);
    }

    /// <summary>Brings files that nobody else may have onto the disk, if it recovers soon.</summary>
    private async Task SaveAsync(StagedFile[] files)
    {
        try
        {
            await DiskRetry.OutlastAsync(SaveOnceAsync, static () => { }).ConfigureAwait(false);
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            // They stay where they are; the next run tries again.
        }

        async Task SaveOnceAsync()
        {
            await FlushAsync(files, fileSystem: null).ConfigureAwait(false);
            await PromoteAsync(files).ConfigureAwait(false);
        }
    }

    /// <summary>Moves a file into a folder, under its own name or the next free one.</summary>
    /// <exception cref="IOException">It cannot be moved.</exception>
    public static void Put(StagedFile file, string folder)
    {
        var target = Path.Combine(folder, file.Name);
        for (long step = 1; !FileSystemCalls.TryRename(file.Path, target); step++)
            target = Path.Combine(folder, AgentDataName.Next(file.Name, step));
        file.Path = target;
    }

    private static void FlushTogether(StagedFile[] files, FolderHandle fileSystem)
    {
        foreach (var file in files)
        {
            file.Content?.Dispose();
            file.Content = null;
            SetTime(file.Path, file.Name);
        }

        fileSystem.FlushFileSystem();
        foreach (var file in files)
            file.EndFlush();
    }

    private void Flush(StagedFile file)
    {
        // Once a file is closed, errors may have been forgotten with it.
        if (file.OnDisk == FileOnDisk.Suspect || file.Content is null)
        {
            Rewrite(file);
            return;
        }

        using (file.Content)
        {
            SetTime(file.Path, file.Name);
            FileSystemCalls.Flush(file.Content);
        }

        EndFlush(file);
    }

    /// <summary>
    /// Flushes a copy and puts it in the file's place. To write once more over the file itself would not do: ext4 can then have the content on
    /// disk and still take the place for empty.
    /// </summary>
    private void Rewrite(StagedFile file)
    {
        using var copy = _part.Create(FileAccess.ReadWrite);
        try
        {
            using (var content = Read(file.Path))
                content.CopyTo(copy, BufferPool.BufferBytes);
            if (file.Sha256 is { } digest)
            {
                copy.Position = 0;
                if (!string.Equals(digest, ContentHash.Of(copy), StringComparison.Ordinal))
                    throw new IOException($"The disk has not kept what was written to '{file.Path}'");
            }

            SetTime(copy.Name, file.Name);
            FileSystemCalls.Flush(copy);
            copy.Dispose();
            FileSystemCalls.RenameOver(copy.Name, file.Path);
        }
        catch
        {
            Discard(copy);
            throw;
        }

        EndFlush(file);
    }

    private static void EndFlush(StagedFile file)
    {
        // Windows sets the time once more when a file that was written is closed.
        if (FileSystemCalls.IsWindows)
            SetTime(file.Path, file.Name);
        file.Content = null;
        file.EndFlush();
    }

    /// <summary>The data server orders by modification time, so it is made to say when the agent wrote the file (protocol.md, section 4).</summary>
    private static void SetTime(string path, string name)
    {
        if (AgentDataName.TryGetEpoch(name, out var epoch))
            File.SetLastWriteTimeUtc(path, DateTimeOffset.FromUnixTimeSeconds(epoch).UtcDateTime);
    }
}
