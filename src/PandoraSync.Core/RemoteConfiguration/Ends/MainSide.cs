using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PandoraSync.Files;
using PandoraSync.Native;
using PandoraSync.Protocol;
using PandoraSync.RemoteConfiguration.Plan;
using PandoraSync.Sync.Staging;

namespace PandoraSync.RemoteConfiguration.Ends;

/// <summary>
/// The main server's folders, held by one run at a time. The console writes there at any time, so what is to be replaced is looked at once
/// more when it has been replaced: a link to it is made first, in the same step.
/// </summary>
internal sealed class MainSide : IDisposable
{
    private const long MostContentBytes = 16_000_000;
    private const string Advice = "create it, with the rights of Pandora FMS's own user.";
    private readonly FolderLock _lock;
    private readonly string _own;
    private readonly string _part;
    private readonly Lazy<HashSet<string>> _contents;
    private readonly Lazy<HashSet<string>> _digests;

    private MainSide(string incoming, string own, FolderLock folderLock)
    {
        _lock = folderLock;
        (Path, _own, _part) = (incoming, own, System.IO.Path.Combine(own, "part"));
        DurableFolder.Create(own, _part, KeptFolder);
        foreach (var left in Directory.EnumerateFiles(_part))
            File.Delete(left);
        Kept = new KeptVersions(KeptFolder);
        _contents = new Lazy<HashSet<string>>(() => NamesIn(ConfFolder, ConfigurationNames.Conf));
        _digests = new Lazy<HashSet<string>>(() => NamesIn(Md5Folder, ConfigurationNames.Md5));
    }

    /// <summary>The incoming directory.</summary>
    public string Path { get; }

    /// <summary>Versions that were replaced.</summary>
    public KeptVersions Kept { get; }

    /// <summary>Where collections are.</summary>
    public string CollectionFolder => System.IO.Path.Combine(Path, "collections");

    /// <summary>Where commands are.</summary>
    public string CommandFolder => System.IO.Path.Combine(Path, "commands");

    /// <summary>Where versions are kept.</summary>
    public string KeptFolder => System.IO.Path.Combine(_own, "kept");

    private string ConfFolder => System.IO.Path.Combine(Path, "conf");

    private string Md5Folder => System.IO.Path.Combine(Path, "md5");

    /// <summary>Opens the folders for this run.</summary>
    /// <exception cref="TentacleException">One is missing or cannot be written, or another run has them.</exception>
    public static MainSide Open(string incoming)
    {
        foreach (var folder in new[] { incoming, System.IO.Path.Combine(incoming, "conf"), System.IO.Path.Combine(incoming, "md5") })
        {
            // An empty folder in the place of one that is not mounted would look as if all had been deleted.
            if (!Directory.Exists(folder))
                throw File.Exists(folder)
                    ? LocalFileError.NotAFolder(folder, "open")
                    : new TentacleException(TentacleErrorKind.LocalFile, $"The folder '{folder}' of the agents' configurations does not exist: {Advice}") { File = folder, Step = "open" };
        }

        var staging = System.IO.Path.Combine(incoming, IncomingDirectory.OwnFolder);
        var own = System.IO.Path.Combine(staging, IncomingDirectory.ConfigurationFolder);
        FolderLock? folderLock = null;
        try
        {
            DurableFolder.Create(incoming, staging);
            DurableFolder.Create(staging, own);
            folderLock = FolderLock.Take(System.IO.Path.Combine(own, "lock"), incoming, $"Another run carries the agents' configurations of '{incoming}': wait until it has ended.");
            return new MainSide(incoming, own, folderLock);
        }
        catch (Exception e)
        {
            folderLock?.Dispose();
            if (LocalFileError.IsFileError(e))
                throw LocalFileError.Explain(e, own, "open");
            throw;
        }
    }

    /// <summary>Where it is noted what was agreed on with a site.</summary>
    public string AgreementPath(string siteFolder) => System.IO.Path.Combine(_own, siteFolder + AgreementExtension);

    /// <summary>The sites of earlier runs, each as the name of a folder.</summary>
    public IEnumerable<string> KnownSites() => new DirectoryInfo(_own).EnumerateFiles("*" + AgreementExtension).Select(f => System.IO.Path.GetFileNameWithoutExtension(f.Name));

    /// <summary>What there is of an agent's configuration.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public SideVersion Look(string agent) =>
        new(_digests.Value.Contains(agent) ? ReadDigest(agent) : null, _contents.Value.Contains(agent));

    /// <summary>The digest that goes with a configuration or collection; null if there is none.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public string? ReadDigest(string name) =>
        ReadSmall(System.IO.Path.Combine(Md5Folder, name + ConfigurationNames.Md5), TentacleLimits.MaxLineBytes) is { } content ? ConfigurationNames.ReadDigest(content) : null;

    /// <summary>The content of a configuration; null if there is none.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public byte[]? ReadContent(string agent) => ReadSmall(System.IO.Path.Combine(ConfFolder, agent + ConfigurationNames.Conf), MostContentBytes);

    /// <summary>Reads a file whole; null if there is none.</summary>
    /// <exception cref="IOException">It cannot be read, or is longer.</exception>
    public static byte[]? ReadSmall(string path, long most)
    {
        using var file = FileSystemCalls.OpenRegular(path);
        if (file is null)
            return null;
        if (file.Length > most)
            throw new IOException($"'{path}' has {file.Length} bytes, more than the {most} that are read.");
        using var content = new MemoryStream((int)file.Length);
        file.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>
    /// Puts versions in their place, several with a few flushes: the contents, then, when these are on disk, the digests. What a content
    /// replaces is kept, unless it is what both sides had, or the same.
    /// </summary>
    /// <param name="site">The site that they come from.</param>
    /// <param name="files">The versions.</param>
    /// <returns>For each where the version is kept that it has replaced; null if there was none to be kept.</returns>
    /// <exception cref="IOException">One cannot be written; those before it may be in their place.</exception>
    /// <exception cref="TentacleException">There are too many kept versions.</exception>
    public IReadOnlyList<string?> Put(string site, IReadOnlyList<NewConfiguration> files)
    {
        using (var part = FolderHandle.Open(_part))
        {
            var isTogether = part.CanFlushFileSystem && files.Count > 2;
            foreach (var file in files)
            {
                Write(PartOf(file.Name, ConfigurationNames.Conf), file.Content, !isTogether);
            }

            if (isTogether)
                part.FlushFileSystem();
        }

        var kept = new List<string?>();
        using (var keptFolder = Kept.Open())
        using (var folder = FolderHandle.Open(ConfFolder))
        {
            foreach (var file in files)
                kept.Add(Replace(site, file));
            keptFolder.Flush();
            folder.Flush();
        }

        using (var folder = FolderHandle.Open(Md5Folder))
        {
            foreach (var file in files)
            {
                PlaceDigest(file.Name, file.Digest);

                // The console may have saved between the two; its digest has just been replaced then.
                if (ReadContent(file.Name) is { } content && ConfigurationNames.DigestOf(content) is var now && !string.Equals(now, file.Digest, StringComparison.Ordinal))
                    PlaceDigest(file.Name, now);
            }

            folder.Flush();
        }

        return kept;
    }

    /// <summary>Takes a configuration away and keeps it: the digest first, so that there is never one without its content.</summary>
    /// <returns>Where it is kept.</returns>
    /// <exception cref="IOException">It cannot be moved.</exception>
    public string Remove(string site, string agent)
    {
        using (var folder = FolderHandle.Open(Md5Folder))
        {
            File.Delete(System.IO.Path.Combine(Md5Folder, agent + ConfigurationNames.Md5));
            folder.Flush();
        }

        using var kept = Kept.Open();
        var path = Kept.Reserve(site, agent + ConfigurationNames.Conf);
        FileSystemCalls.RenameOver(System.IO.Path.Combine(ConfFolder, agent + ConfigurationNames.Conf), path);
        kept.Flush();
        return path;
    }

    /// <summary>The names of the files of a folder that have an extension, without it.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static HashSet<string> NamesIn(string folder, string extension)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var bytes in FolderFiles.Names(folder))
        {
            if (TentacleText.TryDecode(bytes, out var file) && ConfigurationNames.Without(file, extension) is { } name)
                names.Add(name);
        }

        return names;
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private const string AgreementExtension = ".agreed";

    private string PartOf(string name, string extension) => System.IO.Path.Combine(_part, name + extension);

    private static void Write(string path, byte[] content, bool isFlushed)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        stream.Write(content, 0, content.Length);
        if (isFlushed)
            FileSystemCalls.Flush(stream);
    }

    /// <summary>A digest that is torn counts as none, so that its content need not be waited for.</summary>
    private void PlaceDigest(string name, string digest)
    {
        var part = PartOf(name, ConfigurationNames.Md5);
        var target = System.IO.Path.Combine(Md5Folder, name + ConfigurationNames.Md5);
        Write(part, TentacleText.Encode(digest), isFlushed: false);
        FileRights.GiveLike(part, target, Md5Folder);
        FileSystemCalls.RenameOver(part, target);
    }

    /// <summary>Puts a content in its place and keeps what nobody has agreed on.</summary>
    private string? Replace(string site, NewConfiguration file)
    {
        var part = PartOf(file.Name, ConfigurationNames.Conf);
        var target = System.IO.Path.Combine(ConfFolder, file.Name + ConfigurationNames.Conf);
        FileRights.GiveLike(part, target, ConfFolder);
        if (FileSystemCalls.TryRename(part, target))
            return null;
        var kept = Kept.Reserve(site, file.Name + ConfigurationNames.Conf);
        try
        {
            File.Replace(part, target, kept);
        }
        catch (FileNotFoundException) when (File.Exists(part))
        {
            // Whoever has taken it away just now has it.
            Kept.Release(site, kept);
            FileSystemCalls.RenameOver(part, target);
            return null;
        }

        string old;
        using (var content = new FileStream(kept, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
            old = ConfigurationNames.DigestOf(content);
        if (!string.Equals(old, file.Digest, StringComparison.Ordinal) && !string.Equals(old, file.Agreed, StringComparison.Ordinal))
            return kept;
        Kept.Release(site, kept);
        return null;
    }
}
