using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using PandoraSync.Native;
using PandoraSync.Protocol;

namespace PandoraSync.RemoteConfiguration.Ends;

/// <summary>
/// Versions that were replaced or removed and that nobody had agreed on, each under the agent's file name, the site and the time. They are
/// never deleted by us; a site that fills its part of the folder is not changed any more.
/// </summary>
internal sealed class KeptVersions
{
    /// <summary>Most versions that are kept on behalf of one site.</summary>
    public const int MostPerSite = 1000;

    private readonly string _folder;
    private readonly object _gate = new();
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>Looks what the folder has.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public KeptVersions(string folder)
    {
        _folder = folder;
        foreach (var parts in new DirectoryInfo(folder).EnumerateFiles().Select(f => f.Name.Split([' '], 3)).Where(p => p.Length == 3))
            _counts[parts[1]] = CountOf(parts[1]) + 1;
    }

    /// <summary>Keeps a content.</summary>
    /// <returns>Where it is.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.TooLarge"/>: the site has as many as are kept.</exception>
    public string Keep(string site, string file, byte[] content)
    {
        using var folder = FolderHandle.Open(_folder);
        var path = Reserve(site, file);
        using (var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read))
        {
            stream.Write(content, 0, content.Length);
            FileSystemCalls.Flush(stream);
        }

        folder.Flush();
        return path;
    }

    /// <summary>A free path for a version; the caller puts it there.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.TooLarge"/>: the site has as many as are kept.</exception>
    public string Reserve(string site, string file)
    {
        var key = KeyOf(site);
        lock (_gate)
        {
            if (CountOf(key) >= MostPerSite)
                throw new TentacleException(TentacleErrorKind.TooLarge, $"'{_folder}' has {MostPerSite} versions on behalf of {site}, as many as are kept, so nothing of its agents that would need another is changed.") { Peer = site, File = file, Step = "keep" }
                    .Advise($"Look through the files of {site} in '{_folder}', and move away or delete those that nobody needs.");
            _counts[key] = CountOf(key) + 1;
        }

        var stem = $"{Path.GetFileNameWithoutExtension(file)} {key} {DateTime.UtcNow.ToString("yyyy-MM-ddTHHmmss.fffZ", CultureInfo.InvariantCulture)}";
        for (var number = 1; ; number++)
        {
            var path = Path.Combine(_folder, (number == 1 ? stem : $"{stem}-{number}") + Path.GetExtension(file));
            if (!File.Exists(path))
                return path;
        }
    }

    /// <summary>Gives back a path that was not needed.</summary>
    public void Release(string site, string path)
    {
        File.Delete(path);
        lock (_gate)
            _counts[KeyOf(site)] = CountOf(KeyOf(site)) - 1;
    }

    /// <summary>Has on disk what was put into the folder through paths that were reserved.</summary>
    public FolderHandle Open() => FolderHandle.Open(_folder);

    private int CountOf(string key) => _counts.TryGetValue(key, out var count) ? count : 0;

    private static string KeyOf(string site) => new(site.Select(c => char.IsLetterOrDigit(c) || c is '.' or '-' ? c : '_').ToArray());
}
