using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PandoraSync.Files;
using PandoraSync.Protocol;

namespace PandoraSync.Sync.Journal;

/// <summary>Reads what runs have written, while others may be writing.</summary>
internal static class JournalReader
{
    /// <summary>How the sites are, by name; none where no run has been.</summary>
    /// <param name="incomingDirectory">The incoming directory.</param>
    /// <exception cref="TentacleException">It is missing or cannot be read.</exception>
    public static IReadOnlyList<SiteStatus> ReadStatuses(string incomingDirectory)
    {
        var path = JournalFiles.StatusIn(Check(incomingDirectory));
        return Explained(path, () => File.Exists(path) ? JournalFiles.Read(path).Select(SiteStatus.TryRead).OfType<SiteStatus>().ToArray() : []);
    }

    /// <summary>What became of sites, oldest first.</summary>
    /// <param name="incomingDirectory">The incoming directory.</param>
    /// <param name="isWanted">Asked about each run.</param>
    /// <exception cref="TentacleException">It is missing or cannot be read.</exception>
    public static IEnumerable<JournalRecord> Read(string incomingDirectory, Func<JournalRecord, bool> isWanted)
    {
        var folder = Check(incomingDirectory);
        foreach (var (_, file) in Explained(folder, () => JournalFiles.In(folder)))
        {
            foreach (var record in Explained(file.FullName, () => ReadFile(file.FullName).Where(isWanted).ToArray()))
                yield return record;
        }
    }

    /// <summary>Reads a file; what the limits of the journal have just deleted has nothing more.</summary>
    private static IEnumerable<JournalRecord> ReadFile(string path)
    {
        if (!File.Exists(path))
            yield break;
        JournalRecord? run = null;
        var left = new List<SkippedFile>();
        foreach (var line in JournalFiles.Read(path))
        {
            // The files that a run has left come right behind it.
            if (JournalRecord.TryReadFile(line) is var (_, site, file) && string.Equals(site, run?.Site, StringComparison.Ordinal))
                left.Add(file);
            if (JournalRecord.TryRead(line) is not { } next)
                continue;
            if (run is not null)
                yield return run with { SkippedFiles = left.ToArray() };
            run = next;
            left.Clear();
        }

        if (run is not null)
            yield return run with { SkippedFiles = left.ToArray() };
    }

    private static string Check(string incomingDirectory) => Directory.Exists(incomingDirectory)
        ? JournalFiles.FolderOf(incomingDirectory)
        : throw new TentacleException(TentacleErrorKind.LocalFile, $"The incoming directory '{incomingDirectory}' does not exist: correct the path.") { File = incomingDirectory, Step = "open" };

    private static T Explained<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            throw LocalFileError.Explain(e, path, "read the journal");
        }
    }
}
