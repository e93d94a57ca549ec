using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Compat;
using PandoraSync.Files;
using PandoraSync.Protocol;

namespace PandoraSync.Sync;

/// <summary>
/// One site's files on their way: <c>part</c> holds what is being received and is thrown away after a crash, since the server still has
/// it; <c>moved</c> holds what was received whole by MV alone and is not flushed yet, and may be the only copy; <c>whole</c> holds what is
/// flushed, under its own name, to be moved and delivered by this run or the next; <c>removed</c> holds what the server has confirmed to
/// have removed and could not be delivered at once: the only copy for certain, to be delivered without asking anybody.
/// </summary>
internal sealed class StagingFolder
{
    // A flush of the whole file system writes what others have left unwritten too; for a few files that is no good bargain.
    private const int FewestForOneFlush = 8;

    /// <summary>The names of a site's folders.</summary>
    public const string Part = "part";

    /// <inheritdoc cref="Part"/>
    public const string Moved = "moved";

    /// <inheritdoc cref="Part"/>
    public const string Whole = "whole";

    /// <inheritdoc cref="Part"/>
    public const string Removed = "removed";

    private readonly string _folder;
    private readonly ScatteredFolder _part;
    private readonly string _moved;
    private readonly string _whole;
    private readonly FlushQueue _flushes;
    private readonly FolderFlusher _wholeFlusher;

    public StagingFolder(IncomingDirectory incoming, SyncSite site, long minFreeBytes)
    {
        _folder = Path.Combine(incoming.Staging, site.FolderName);
        _part = new ScatteredFolder(Path.Combine(_folder, Part));
        _moved = Path.Combine(_folder, Moved);
        _whole = Path.Combine(_folder, Whole);
        _flushes = incoming.Flushes;
        Directory.CreateDirectory(_moved);
        Directory.CreateDirectory(_whole);
        Room = new SiteRoom(_folder, site.Name, minFreeBytes);
        _wholeFlusher = new FolderFlusher(_whole, _flushes);
    }

    /// <summary>Room for what the site announces.</summary>
    public SiteRoom Room { get; }

    /// <summary>Where files are that only need their place in the incoming directory.</summary>
    public string RemovedFolder => Path.Combine(_folder, Removed);

    /// <summary>Throws away what is incomplete, as an interrupted run left it: the server still has it.</summary>
    /// <exception cref="IOException">Something cannot be deleted.</exception>
    public void Clear() => _part.Clear();

    /// <summary>Leaves no empty folders behind.</summary>
    public void Tidy() => _part.Tidy();

    /// <summary>Gives what is complete, as an interrupted run left it.</summary>
    public IReadOnlyList<StagedFile> Recover()
    {
        return [.. Recover(_whole, isFlushed: true), .. Recover(_moved, isFlushed: false)];
    }

    /// <summary>Puts a file that was received whole where the next run finds it, should this one die before it is flushed.</summary>
    public void KeepMoved(StagedFile file) => file.Path = Rename(file, _moved);

    /// <summary>Notes that the server has removed a file which could not be delivered at once.</summary>
    /// <exception cref="IOException">It cannot be noted; the next run asks the server.</exception>
    public void KeepRemoved(StagedFile file)
    {
        Directory.CreateDirectory(RemovedFolder);
        file.Path = Rename(file, RemovedFolder);
    }

    /// <summary>A file to receive into.</summary>
    /// <param name="claim">Takes the room for it.</param>
    /// <param name="bytes">Bytes announced.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.DiskFull"/>: there is no room for it.</exception>
    public FileStream CreatePart(RoomClaim claim, long bytes)
    {
        claim.Claim(bytes);
        return _part.Create(FileAccess.ReadWrite);
    }

    /// <summary>
    /// Flushes received files together and puts them where a later run finds them. Together, because a disk that has many flushes in
    /// hand does them with few writes to its journal.
    /// </summary>
    /// <exception cref="IOException">The disk is full or broken; <see cref="StagedFile.IsWhole"/> tells which files are safe.</exception>
    public async Task MakeWholeAsync(IReadOnlyCollection<StagedFile> files)
    {
        var received = files.Where(f => !f.IsWhole).ToArray();
        if (received.Length == 0)
            return;
        if (received.Length >= FewestForOneFlush && FileSystemCalls.CanFlushFileSystem)
            await _flushes.RunAsync(() => FlushTogether(received)).ConfigureAwait(false);
        else
            await Task.WhenAll(received.Select(f => _flushes.RunAsync(() => Flush(f)))).ConfigureAwait(false);
        foreach (var file in received)
            Promote(file);
        await _wholeFlusher.FlushAsync().ConfigureAwait(false);
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
        try
        {
            File.Delete(file.Path);
        }
        catch (Exception e) when (!file.IsWhole && LocalFileError.IsFileError(e))
        {
            // The next run throws away whatever lies in the folder for incomplete files.
        }
    }

    private static IEnumerable<StagedFile> Recover(string folder, bool isFlushed) => new DirectoryInfo(folder).EnumerateFiles()
        .Select(f => new StagedFile(f.Name, f.FullName, f.Length) { IsWhole = isFlushed, NeedsMove = true, MayBeMoved = true, IsRecovered = true });

    private void Promote(StagedFile file)
    {
        file.Path = Rename(file, _whole);
        file.IsWhole = true;
    }

    /// <summary>Gives a file its own name in a folder, or the next free one.</summary>
    private static string Rename(StagedFile file, string folder)
    {
        var target = Path.Combine(folder, file.Name);
        for (long step = 1; !FileSystemCalls.TryRename(file.Path, target); step++)
            target = Path.Combine(folder, AgentDataName.Next(file.Name, step));
        return target;
    }

    private void FlushTogether(StagedFile[] files)
    {
        foreach (var file in files)
            SetTime(file);
        FileSystemCalls.FlushFileSystem(_whole);
    }

    /// <summary>Files that wait for their flush are closed meanwhile: a window has more of them than some systems let a process open.</summary>
    private static void Flush(StagedFile file)
    {
        using (var content = new FileStream(file.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1))
        {
            SetTime(file);
            content.Flush(flushToDisk: true);
        }
    }

    /// <summary>The data server orders by modification time, so it is made to say when the agent wrote the file (protocol.md, section 4).</summary>
    private static void SetTime(StagedFile file)
    {
        if (AgentDataName.TryGetEpoch(file.Name, out var epoch))
            File.SetLastWriteTimeUtc(file.Path, DateTimeOffset.FromUnixTimeSeconds(epoch).UtcDateTime);
    }
}
