using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.Files;
using PandoraSync.Native;
using PandoraSync.Sync.Drain;

namespace PandoraSync.Sync.Staging;

/// <summary>
/// What earlier runs have left of sites that this run does not drain, or knows by another spelling of their address. Files whose removal
/// was confirmed are delivered, since they need no server; others, which a server may still have, are named each time and kept.
/// </summary>
/// <param name="incoming">The incoming directory.</param>
/// <param name="drained">The folders of the sites that this run drains; they see to their own files.</param>
/// <param name="options">Who is told.</param>
internal sealed class Leftovers(IncomingDirectory incoming, HashSet<string> drained, SyncOptions options)
{
    /// <summary>Looks through all folders, before any site is drained.</summary>
    /// <returns>A result for each site of which files were delivered.</returns>
    public async Task<IReadOnlyList<SiteResult>> FinishAsync()
    {
        var results = new List<SiteResult>();
        foreach (var folder in Directory.GetDirectories(incoming.Staging).Where(f => Path.GetFileName(f) is not IncomingDirectory.ConfigurationFolder and var name && !drained.Contains(name)))
        {
            try
            {
                if (await FinishAsync(folder).ConfigureAwait(false) is { } result)
                    results.Add(result);
            }
            catch (Exception e) when (LocalFileError.IsFileError(e))
            {
                options.Warn?.Invoke(LocalFileError.Explain(e, folder, "look for what earlier runs have left").Message);
            }
        }

        return results;
    }

    /// <summary>Files of earlier runs that are whole in staging and wait for the next run; 0 where it cannot be read.</summary>
    public static long Count(string incomingDirectory)
    {
        try
        {
            var staging = new DirectoryInfo(Path.Combine(incomingDirectory, IncomingDirectory.OwnFolder));
            return staging.Exists ? staging.GetDirectories().Sum(site => Kept.Append(StagingFolder.Removed).Sum(kept => StagingFolder.FilesIn(Path.Combine(site.FullName, kept)).LongLength)) : 0;
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            return 0;
        }
    }

    /// <summary>Delivers files whose removal their server has confirmed.</summary>
    /// <param name="folder">Where they are; it need not be there.</param>
    /// <param name="incoming">Where they go.</param>
    /// <param name="progress">Told of each.</param>
    /// <exception cref="IOException">One cannot be delivered.</exception>
    public static async Task DeliverRemovedAsync(string folder, IncomingDirectory incoming, DrainProgress progress)
    {
        var delivered = new List<StagedFile>();
        var mark = incoming.Mark();
        try
        {
            foreach (var file in StagingFolder.FilesIn(folder).Select(f => new StagedFile(f.Name, f.FullName, f.Length) { IsRecovered = true }))
            {
                incoming.Deliver(file);
                delivered.Add(file);
            }
        }
        finally
        {
            if (delivered.Count > 0)
                await incoming.FlushAsync(delivered, mark, folder).ConfigureAwait(false);
            foreach (var file in delivered)
                progress.Arrived(file, file.Path);
        }
    }

    private async Task<SiteResult?> FinishAsync(string folder)
    {
        var endpoint = SyncSite.ReadFolderName(Path.GetFileName(folder));
        var site = endpoint?.ToString() ?? Path.GetFileName(folder);
        if (Directory.Exists(Path.Combine(folder, StagingFolder.Part)))
            Directory.Delete(Path.Combine(folder, StagingFolder.Part), recursive: true);
        if (endpoint is not null && drained.FirstOrDefault(d => string.Equals(d, SyncSite.FolderNameOf(endpoint), StringComparison.Ordinal)) is { } known)
            Adopt(folder, Path.Combine(incoming.Staging, known));
        var progress = new DrainProgress(site, options);
        await DeliverRemovedAsync(Path.Combine(folder, StagingFolder.Removed), incoming, progress).ConfigureAwait(false);
        var left = Kept.Sum(kept => StagingFolder.FilesIn(Path.Combine(folder, kept)).LongCount());
        if (left > 0)
            options.Warn?.Invoke($"{left} file{(left == 1 ? string.Empty : "s")} of '{site}', which this run does not drain, still wait{(left == 1 ? "s" : string.Empty)} in '{folder}': drain '{site}' once more, or, if it is never to be called so again, move the files from there into the incoming directory.");
        else
            RemoveEmpty(folder);
        return progress.ToResult() is { Files: > 0 } result ? result : null;
    }

    private static readonly string[] Kept = [StagingFolder.Whole, StagingFolder.Again, StagingFolder.Moved];

    /// <summary>Gives a site the files that it left under another spelling of its address. What cannot be given yet is given by a later run.</summary>
    private static void Adopt(string folder, string known)
    {
        DurableFolder.Create(Path.GetDirectoryName(known)!, known);
        DurableFolder.Create(known, Kept.Select(kept => Path.Combine(known, kept)).ToArray());
        foreach (var kept in Kept)
        {
            var target = Path.Combine(known, kept);
            using var handle = FolderHandle.Open(target);
            foreach (var file in StagingFolder.FilesIn(Path.Combine(folder, kept)))
            {
                if (!FileSystemCalls.TryRename(file.FullName, Path.Combine(target, file.Name)) && IncomingDirectory.HaveSameContent(file.FullName, Path.Combine(target, file.Name)))
                    file.Delete();
            }

            handle.Flush();
        }
    }

    private static void RemoveEmpty(string folder)
    {
        foreach (var kept in Kept.Append(StagingFolder.Removed).Select(k => Path.Combine(folder, k)).Where(Directory.Exists))
            Directory.Delete(kept);
        if (!Directory.EnumerateFileSystemEntries(folder).Any())
            Directory.Delete(folder);
    }
}
