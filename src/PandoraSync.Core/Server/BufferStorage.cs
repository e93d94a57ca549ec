using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Compat;
using PandoraSync.Files;
using PandoraSync.Protocol;

namespace PandoraSync.Server;

/// <summary>
/// The storage directory of a server. A file gets its name only when it is whole and flushed; until then it lies in a folder of our
/// own, which is never listed. Refusals carry stock's reasons (protocol.md, section 2).
/// </summary>
internal sealed class BufferStorage : IDisposable
{
    /// <summary>Our folder inside the storage directory.</summary>
    public const string OwnFolder = ".pandorasync";

    private readonly TentacleServerOptions _options;
    private readonly string _temporary;
    private readonly FlushQueue _flushes = new();
    private readonly ConcurrentDictionary<string, FolderFlusher> _folders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _claims = new(StringComparer.Ordinal);
    private long _sequence;

    /// <summary>Opens the storage directory and throws away what an earlier run left incomplete.</summary>
    /// <exception cref="TentacleException">The directory is missing or cannot be written.</exception>
    public BufferStorage(TentacleServerOptions options)
    {
        _options = options;
        _temporary = Path.Combine(options.Directory, OwnFolder);
        if (!Directory.Exists(options.Directory))
            throw new TentacleException(TentacleErrorKind.LocalFile, $"The storage directory '{options.Directory}' does not exist: create it.") { File = options.Directory, Step = "start" };
        try
        {
            Directory.CreateDirectory(_temporary);
            foreach (var left in Directory.EnumerateFiles(_temporary))
                File.Delete(left);
            foreach (var folder in options.Filters.Folders)
                Directory.CreateDirectory(Path.Combine(options.Directory, folder));
            using (TemporaryFile.Create(_temporary))
            {
                // Shows at the start, not at an agent's first file, that this user cannot write here.
            }
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            throw LocalFileError.Explain(e, options.Directory, "start");
        }
    }

    /// <summary>Folder for archives being made or unpacked.</summary>
    public string TemporaryFolder => _temporary;

    /// <summary>Says why a name cannot be stored or looked for; null if it can.</summary>
    public static string? WhyRefused(string name)
    {
        // White space around a name and control characters are allowed by stock, but trip programs that later work with the files.
        return FileNameRules.WhyInvalid(name) is not null || name.Any(char.IsControl) || name.Trim().Length != name.Length || IsOwn(name)
            ? "invalid file name"
            : null;
    }

    /// <summary>Says why a file cannot be taken; null if it can.</summary>
    public string? WhyNotStorable(string name, long size)
    {
        if (WhyRefused(name) is { } reason)
            return reason;
        if (size <= 0 || size > _options.MaxFileBytes)
            return "file is too big";
        return WhyTaken(name);
    }

    /// <summary>Makes a file to receive into.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public IncomingFile Create(string name)
    {
        var path = Path.Combine(_temporary, Interlocked.Increment(ref _sequence).ToString("x16", System.Globalization.CultureInfo.InvariantCulture));
        return new IncomingFile(name, path);
    }

    /// <summary>Flushes a received file and gives it its name.</summary>
    /// <returns>Null, or the reason why it cannot have its name; it is gone then.</returns>
    /// <exception cref="IOException">The disk is full or broken; the file has not been stored.</exception>
    public async Task<string?> StoreAsync(IncomingFile file)
    {
        await _flushes.RunAsync(file.Flush).ConfigureAwait(false);
        var target = PathOf(file.Name);
        var isFree = FileSystemCalls.TryRename(file.Path, target);
        if (!isFree)
        {
            if (WhyTaken(file.Name) is { } reason)
                return reason;
            FileSystemCalls.RenameOver(file.Path, target);
        }

        await FlusherOf(Path.GetDirectoryName(target)!).FlushAsync().ConfigureAwait(false);
        return null;
    }

    /// <summary>Opens a file; null if there is none.</summary>
    public FileStream? Open(string name)
    {
        var path = PathOf(name);
        try
        {
            return File.Exists(path) ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1) : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Reserves a file for one client that moves it.</summary>
    /// <returns>False if another client is moving it.</returns>
    public bool TryClaim(string name) => _claims.TryAdd(name, value: true);

    /// <summary>Ends a reservation.</summary>
    public void Release(string name) => _claims.TryRemove(name, out _);

    /// <summary>Deletes a file that a client has moved, unless something outside this server has put another in its place.</summary>
    public void Delete(string name, long length, DateTime modified)
    {
        var path = PathOf(name);
        var now = new FileInfo(path);
        if (now.Exists && now.Length == length && now.LastWriteTimeUtc == modified)
            File.Delete(path);
    }

    /// <summary>Writes the names of the whole files of a folder, one a line (protocol.md, section 2: LS).</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public void List(string sampleName, Stream destination)
    {
        var folder = sampleName.Length == 0 ? _options.Directory : Path.GetDirectoryName(PathOf(sampleName))!;
        if (!Directory.Exists(folder))
            return;
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            var name = Path.GetFileName(path);
            if (WhyRefused(name) is not null)
                continue;
            var line = TentacleText.Encode(name + "\n");
            destination.Write(line, 0, line.Length);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _flushes.Dispose();

    private static bool IsOwn(string name) => string.Equals(name, OwnFolder, StringComparison.OrdinalIgnoreCase);

    private string? WhyTaken(string name)
    {
        if (_claims.ContainsKey(name))
            return "file is in use";
        var path = PathOf(name);
        if (Directory.Exists(path))
            return "invalid file name";
        return !_options.Overwrite && File.Exists(path) ? "file already exists" : null;
    }

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
