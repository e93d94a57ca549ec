using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using PandoraSync.Files;
using PandoraSync.Native;

namespace PandoraSync.RemoteConfiguration.Ends;

/// <summary>
/// What one site and the main server last agreed on, in a file: a line for each configuration, collection or command, with a check sum before it. What
/// is agreed is added at the end, and the last line of a name counts; at the end of a run the file is written anew beside itself and put in
/// its own place. A line that a crash has torn does not fit its check sum and is passed over: then that file is as if it had never been
/// agreed on, and is found to be the same on both ends, or not, by the next run.
/// </summary>
internal sealed class AgreementFile : IDisposable
{
    private const string Head = "pandorasync configuration 1";
    private const long MostBytes = 1L << 30;
    private readonly string _path;
    private readonly object _gate = new();
    private readonly Dictionary<(ConfigurationKind Kind, string Name), AgreedFile> _files = [];
    private FileStream? _end;
    private int _added;

    private AgreementFile(string path) => _path = path;

    /// <summary>Lines that were passed over.</summary>
    public int Torn { get; private set; }

    /// <summary>Reads a file; one that is not there has nothing in it.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static AgreementFile Open(string path)
    {
        var file = new AgreementFile(path);
        file.Read();
        return file;
    }

    /// <summary>All of a kind.</summary>
    public IReadOnlyList<AgreedFile> Of(ConfigurationKind kind)
    {
        lock (_gate)
            return _files.Values.Where(f => f.Kind == kind).ToArray();
    }

    /// <summary>What was agreed on about a file; null for nothing.</summary>
    public AgreedFile? Find(ConfigurationKind kind, string name)
    {
        lock (_gate)
            return _files.TryGetValue((kind, name), out var file) ? file : null;
    }

    /// <summary>Notes an agreement.</summary>
    /// <param name="file">What.</param>
    /// <param name="isLasting">True to have it on disk when this returns.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Add(AgreedFile file, bool isLasting = false) => Write(file, LineOf(file), isLasting);

    /// <summary>Forgets what was agreed on about a file.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Forget(AgreedFile file) => Write(file, Sealed($"forgotten {WordOf(file.Kind)} {file.Name}"), isLasting: false, isForgotten: true);

    /// <summary>Writes the file anew if anything was added, without what no longer counts.</summary>
    /// <exception cref="IOException">It cannot be written; what was added is still in the old one.</exception>
    public void Compact()
    {
        lock (_gate)
        {
            if (_added == 0 && Torn == 0)
                return;
            _end?.Dispose();
            _end = null;
            using var folder = FolderHandle.Open(Path.GetDirectoryName(_path)!);
            var fresh = _path + ".new";
            using (var stream = new FileStream(fresh, FileMode.Create, FileAccess.Write, FileShare.Read))
            {
                Put(stream, Head);
                foreach (var file in _files.Values)
                    Put(stream, LineOf(file));
                FileSystemCalls.Flush(stream);
            }

            FileSystemCalls.RenameOver(fresh, _path);
            folder.Flush();
            (_added, Torn) = (0, 0);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
            _end?.Dispose();
    }

    private void Write(AgreedFile file, string line, bool isLasting, bool isForgotten = false)
    {
        lock (_gate)
        {
            var isNew = _end is null && !File.Exists(_path);
            using var folder = isNew ? FolderHandle.Open(Path.GetDirectoryName(_path)!) : null;
            if (_end is null)
                Begin(isNew);
            Put(_end!, line);
            if (isLasting)
            {
                FileSystemCalls.Flush(_end!);
                folder?.Flush();
            }

            // Only now: what is not on its way to the disk was not agreed on.
            _added++;
            if (isForgotten)
                _files.Remove((file.Kind, file.Name));
            else
                _files[(file.Kind, file.Name)] = file;
        }
    }

    private void Begin(bool isNew)
    {
        _end = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read);

        // Behind a torn line the next one would be torn too.
        Put(_end, isNew ? Head : string.Empty);
    }

    private void Read()
    {
        if (!File.Exists(_path))
            return;
        using var stream = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (stream.Length > MostBytes)
            throw new IOException($"'{_path}' has {stream.Length} bytes, more than it can have grown to.");
        using var reader = new StreamReader(stream, Encoding.ASCII);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || string.Equals(line, Head, StringComparison.Ordinal))
                continue;
            if (!TryRead(line))
                Torn++;
        }
    }

    private bool TryRead(string line)
    {
        const int sumCharacters = 8;
        if (line.Length < sumCharacters + 2 || !string.Equals(line, Sealed(line.Substring(sumCharacters + 1)), StringComparison.Ordinal))
            return false;
        var parts = line.Split(' ');
        if (parts.Length < 4 || KindOf(parts[2]) is not { } kind)
            return false;
        if (string.Equals(parts[1], "forgotten", StringComparison.Ordinal))
            return _files.Remove((kind, parts[3])) || true;
        if (parts.Length != 6 || !Enum.TryParse<AgreedState>(parts[1], ignoreCase: true, out var state))
            return false;
        var uses = parts[5].Split([','], StringSplitOptions.RemoveEmptyEntries);
        _files[(kind, parts[3])] = new AgreedFile(kind, parts[3], parts[4], state) { Collections = Used(uses, "z:"), Commands = Used(uses, "c:") };
        return true;
    }

    private static string[] Used(string[] uses, string prefix) => uses.Where(u => u.StartsWith(prefix, StringComparison.Ordinal)).Select(u => u.Substring(prefix.Length)).ToArray();

    private static string LineOf(AgreedFile file)
    {
        var uses = string.Join(",", file.Collections.Select(c => "z:" + c).Concat(file.Commands.Select(c => "c:" + c)));
        return Sealed($"{file.State.ToString().ToLowerInvariant()} {WordOf(file.Kind)} {file.Name} {file.Digest} {(uses.Length == 0 ? "," : uses)}");
    }

    private static string Sealed(string text)
    {
        var sum = new Crc32();
        var bytes = Encoding.ASCII.GetBytes(text);
        sum.Add(bytes, 0, bytes.Length);
        return sum.Value.ToString("x8", CultureInfo.InvariantCulture) + " " + text;
    }

    private static string WordOf(ConfigurationKind kind) => kind switch
    {
        ConfigurationKind.Configuration => "agent",
        ConfigurationKind.Collection => "collection",
        _ => "command",
    };

    private static ConfigurationKind? KindOf(string word) => word switch
    {
        "agent" => ConfigurationKind.Configuration,
        "collection" => ConfigurationKind.Collection,
        "command" => ConfigurationKind.Command,
        _ => null,
    };

    private static void Put(Stream stream, string line)
    {
        var bytes = Encoding.ASCII.GetBytes(line + "\n");
        stream.Write(bytes, 0, bytes.Length);
    }
}
