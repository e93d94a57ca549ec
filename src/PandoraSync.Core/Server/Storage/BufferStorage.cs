using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using PandoraSync.Files;
using PandoraSync.Native;
using PandoraSync.Protocol;
using PandoraSync.Server.Sessions;

namespace PandoraSync.Server.Storage;

/// <summary>
/// The storage directory of a server. A file gets its name only when it is whole and flushed; until then it lies in a folder of our
/// own, which is never listed. Refusals carry stock's reasons (protocol.md, section 2).
/// </summary>
internal sealed class BufferStorage : IDisposable
{
    /// <summary>Our folder inside the storage directory.</summary>
    public const string OwnFolder = FileNameRules.ProbeName;

    private readonly TentacleServerOptions _options;
    private readonly FolderLock _lock;
    private readonly FlushQueue _flushes = new();
    private readonly ConcurrentDictionary<string, FolderFlusher> _folders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _claims = new(FileSystemCalls.NameComparer);
    private readonly BufferQuota _quota;
    private readonly DiskReserve _disk;
    private readonly ScatteredFolder _parts;
    private readonly string _temporaryFolder;

    /// <summary>Opens the storage directory and throws away what an earlier run left incomplete.</summary>
    /// <exception cref="TentacleException">The directory is missing or cannot be written.</exception>
    public BufferStorage(TentacleServerOptions options, Action<TentacleLogLevel, string> log)
    {
        _options = options;
        var folders = options.Filters.Folders.Distinct(StringComparer.Ordinal).Select(f => Path.Combine(options.Directory, f)).ToArray();
        _disk = new DiskReserve(options.Directory, options.Limits.MinFreeBytes, log);
        _quota = new BufferQuota(options.Limits, options.Directory, [options.Directory, .. folders], name => !_claims.ContainsKey(name), log, static () => DateTime.UtcNow);
        _temporaryFolder = Path.Combine(options.Directory, OwnFolder, "server");
        if (File.Exists(options.Directory))
            throw LocalFileError.NotAFolder(options.Directory, "start");
        if (!Directory.Exists(options.Directory))
            throw new TentacleException(TentacleErrorKind.LocalFile, $"The storage directory '{options.Directory}' does not exist: create it.") { File = options.Directory, Step = "start" };
        try
        {
            MakeFolder(Path.GetDirectoryName(_temporaryFolder)!);
            MakeFolder(_temporaryFolder);
            _lock = FolderLock.Take(StorageMark.LockOf(options.Directory), options.Directory, $"Another Tentacle server is using '{options.Directory}': stop it, or give this one a directory of its own.");
            foreach (var left in Directory.EnumerateFiles(_temporaryFolder))
                File.Delete(left);
            var parts = Path.Combine(_temporaryFolder, "part");
            MakeFolder(parts);
            _parts = new ScatteredFolder(parts);
            _parts.Clear();
            foreach (var folder in folders)
                MakeFolder(folder);
            using (TemporaryFile.Create(_temporaryFolder))
            {
                // Shows at the start, not at an agent's first file, that this user cannot write here.
            }
        }
        catch (Exception e)
        {
            _lock?.Dispose();
            if (LocalFileError.IsFileError(e))
                throw LocalFileError.Explain(e, options.Directory, "start");
            throw;
        }
    }

    /// <summary>Lets whoever would drain the server into its own storage directory see that it is.</summary>
    public void Announce(IEnumerable<IPEndPoint> listening) => StorageMark.Write(_options.Directory, listening);

    /// <summary>Says why a name cannot be stored or looked for; null if it can.</summary>
    public static string? WhyRefused(string name)
    {
        // White space around a name and control characters are allowed by stock, but trip programs that later work with the files.
        return FileNameRules.WhyInvalid(name) is not null || name.Any(char.IsControl) || name.Trim().Length != name.Length || IsOwn(name) || LocalName.WhyImpossible(name) is not null
            ? RefusalReasons.InvalidName
            : null;
    }

    /// <summary>Says why a file cannot be taken; null if it can.</summary>
    public string? WhyNotStorable(string name, long size)
    {
        // What nobody will fetch would stay for ever.
        if (WhyRefused(name) is { } reason)
            return reason;
        if (FileNameRules.WhyNotFetched(name) is not null)
            return RefusalReasons.InvalidName;
        if (size <= 0 || size > _options.MaxFileBytes)
            return RefusalReasons.TooLarge;
        return WhyTaken(name);
    }

    /// <summary>Files that were deleted to make room for others.</summary>
    public long Dropped => _quota.Dropped;

    /// <summary>Says why no file at all can be taken now, in the words of a refusal; null if one can.</summary>
    public string? WhyFull() => _quota.IsFull ? RefusalReasons.BufferFull : _disk.IsFull ? RefusalReasons.NoSpace : null;

    /// <summary>Makes a file to receive into; it takes its room as it grows.</summary>
    /// <param name="name">The name it will have.</param>
    /// <param name="bytes">Bytes announced.</param>
    /// <param name="client">Who sends it.</param>
    /// <exception cref="QuotaExceededException">As things are, there is no room for it.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    public IncomingFile Create(string name, long bytes, IPAddress client)
    {
        var replaced = _options.Overwrite ? FileSystemCalls.StatusOf(PathOf(name)) : null;
        if (!_quota.HasRoom(bytes - (replaced?.Length ?? 0), replaced is null ? 1 : 0))
            throw new QuotaExceededException(WhyNot(StoreOutcome.Full)!);
        _disk.Require(client, bytes);
        return new IncomingFile(name, _parts.Create(FileAccess.Write), _disk.Begin(client));
    }

    /// <summary>Makes a file without a lasting name, such as an archive; it takes its room as it grows.</summary>
    /// <param name="client">For whom.</param>
    /// <exception cref="QuotaExceededException">There is none.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    public Stream CreatePassing(IPAddress client)
    {
        _disk.Require(client, bytes: 0);
        return new SpaceStream(TemporaryFile.Create(_temporaryFolder).Stream, _disk.Begin(client));
    }

    /// <summary>Flushes a received file and gives it its name.</summary>
    /// <returns>Null, or the reason why it cannot have its name; it is gone then.</returns>
    /// <exception cref="QuotaExceededException">There was no room for all of it.</exception>
    /// <exception cref="IOException">The disk is full or broken; if the last flush failed, the file has its name all the same.</exception>
    public async Task<string?> StoreAsync(IncomingFile file)
    {
        var target = PathOf(file.Name);
        var folder = FlusherOf(Path.GetDirectoryName(target)!);
        var outcome = StoreOutcome.Exists;
        var isLasting = false;
        var mark = folder.Mark();
        await _flushes.RunSoonAsync(() =>
        {
            var length = file.Content.Length;
            file.Flush();
            outcome = GiveName(file, length, target);
            file.IsStored = outcome == StoreOutcome.Stored;
            isLasting = !file.IsStored || folder.TryFlush(mark);
        }).ConfigureAwait(false);
        if (!isLasting)
            await folder.FlushAsync(mark).ConfigureAwait(false);
        return WhyNot(outcome);
    }

    /// <summary>Looks what has the name, makes room and renames. Nobody else gives or takes a name meanwhile, or what was seen would not hold.</summary>
    private StoreOutcome GiveName(IncomingFile file, long length, string target)
    {
        lock (_quota.Gate)
        {
            var outcome = OutcomeFor(target);
            if (outcome != StoreOutcome.Stored)
                return outcome;
            if (_options.Overwrite && FileSystemCalls.StatusOf(target) is { } old)
                return Replace(file, length, target, old.Length);
            if (!_quota.MakeRoom(length, files: 1))
                return StoreOutcome.Full;
            if (!FileSystemCalls.TryRename(file.Path, target))
                return StoreOutcome.Exists;
            _quota.Added(length, files: 1);
            return StoreOutcome.Stored;
        }
    }

    /// <summary>Puts a file in the place of another, unless a client is moving that one.</summary>
    private StoreOutcome Replace(IncomingFile file, long length, string target, long oldLength)
    {
        if (!TryClaim(file.Name))
            return StoreOutcome.InUse;
        try
        {
            if (!_quota.MakeRoom(length - oldLength, files: 0))
                return StoreOutcome.Full;
            FileSystemCalls.RenameOver(file.Path, target);
            _quota.Added(length - oldLength, files: 0);
            return StoreOutcome.Stored;
        }
        finally
        {
            Release(file.Name);
        }
    }

    /// <summary>Opens a file; null if there is none.</summary>
    public FileStream? Open(string name) => FileSystemCalls.OpenRegular(PathOf(name));

    /// <summary>Notes what a client is about to take, so that <see cref="Delete"/> deletes that and nothing else.</summary>
    public static PendingMove BeginMove(string name, FileStream file) => new(name, FileSystemCalls.StatusOf(file));

    /// <summary>Reserves a file for one client that moves it.</summary>
    /// <returns>False if another client is moving it.</returns>
    public bool TryClaim(string name) => _claims.TryAdd(name, value: true);

    /// <summary>Ends a reservation.</summary>
    public void Release(string name) => _claims.TryRemove(name, out _);

    /// <summary>Deletes a file that a client has moved, unless something outside this server has put another in its place.</summary>
    /// <returns>False if there is another.</returns>
    public bool Delete(PendingMove moved)
    {
        var path = PathOf(moved.Name);
        lock (_quota.Gate)
        {
            if (FileSystemCalls.StatusOf(path) != moved.File)
                return false;
            File.Delete(path);
            _quota.Removed(moved.File.Length);
            return true;
        }
    }

    /// <summary>Deletes a file if it has this content (protocol.md, section 9).</summary>
    /// <param name="moved">The file, claimed.</param>
    /// <param name="content">The file, open at its beginning.</param>
    /// <param name="sha256">The content's SHA-256.</param>
    /// <returns>False if it has other content.</returns>
    /// <exception cref="IOException">It cannot be read or deleted.</exception>
    public bool DeleteIfSame(PendingMove moved, FileStream content, string sha256) =>
        string.Equals(ContentHash.Of(content), sha256, StringComparison.Ordinal) && Delete(moved);

    /// <summary>Writes the names of the whole files of a folder, one a line (protocol.md, section 2: LS).</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public void List(string sampleName, SpillBuffer destination)
    {
        var folder = sampleName.Length == 0 ? _options.Directory : Path.GetDirectoryName(PathOf(sampleName))!;
        foreach (var name in FolderFiles.Names(folder))
        {
            if (TentacleText.TryDecode(name, out var text) && WhyRefused(text) is null)
                destination.WriteLine(name);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _flushes.Dispose();
        foreach (var folder in _folders.Values)
            folder.Dispose();
        StorageMark.Delete(_options.Directory);
        _lock.Dispose();
    }

    /// <summary>Makes a folder that lasts, unless it is there. A link in its place would lead out of the storage directory.</summary>
    private static void MakeFolder(string path)
    {
        var parent = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(parent))
            MakeFolder(parent);
        DurableFolder.Create(parent, path);
        if ((File.GetAttributes(path) & FileAttributes.ReparsePoint) != default(FileAttributes))
            throw new TentacleException(TentacleErrorKind.LocalFile, $"'{path}' is a symbolic link: put a real folder in its place.") { File = path, Step = "start" };
    }

    /// <summary>True for the name of our own folder.</summary>
    public static bool IsOwn(string name) => string.Equals(name, OwnFolder, StringComparison.OrdinalIgnoreCase);

    private string? WhyTaken(string name) => WhyNot(_claims.ContainsKey(name) ? StoreOutcome.InUse : OutcomeFor(PathOf(name)));

    /// <summary>What would become of a file, as far as what has its name decides it.</summary>
    private StoreOutcome OutcomeFor(string target) => FileSystemCalls.KindOf(target) switch
    {
        EntryKind.Missing => StoreOutcome.Stored,
        EntryKind.File => _options.Overwrite ? StoreOutcome.Stored : StoreOutcome.Exists,
        _ => StoreOutcome.NotAFile,
    };

    /// <summary>The reason for the client; null if there is none.</summary>
    private static string? WhyNot(StoreOutcome outcome) => outcome switch
    {
        StoreOutcome.Stored => null,
        StoreOutcome.Exists => RefusalReasons.Exists,
        StoreOutcome.InUse => RefusalReasons.InUse,
        StoreOutcome.Full => RefusalReasons.BufferFull,
        _ => RefusalReasons.InvalidName,
    };

    private string PathOf(string name)
    {
        try
        {
            return Path.Combine(_options.Directory, _options.Filters.FolderOf(name), name);
        }
        catch (RegexMatchTimeoutException)
        {
            // A pattern that cannot decide in time does not match; the file stays in the storage directory itself.
            return Path.Combine(_options.Directory, name);
        }
    }

    private FolderFlusher FlusherOf(string folder) => _folders.GetOrAdd(folder, f => new FolderFlusher(f, _flushes));
}
