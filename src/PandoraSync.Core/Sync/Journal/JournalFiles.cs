using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Journal;

/// <summary>Names and lines of a journal's files, which lie beside the staging folders of the incoming directory.</summary>
internal static class JournalFiles
{
    private const string Prefix = "journal-";
    private const string Suffix = ".jsonl";

    /// <summary>The folder of an incoming directory's journal.</summary>
    public static string FolderOf(string incomingDirectory) => Path.Combine(incomingDirectory, IncomingDirectory.OwnFolder);

    /// <summary>The file with the sites' statuses in a folder.</summary>
    public static string StatusIn(string folder) => Path.Combine(folder, "status" + Suffix);

    /// <summary>The file with a number.</summary>
    public static string PathOf(string folder, long number) => Path.Combine(folder, string.Format(CultureInfo.InvariantCulture, "{0}{1:00000000}{2}", Prefix, number, Suffix));

    /// <summary>The files of a journal, oldest first; none where the folder is missing.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public static IReadOnlyList<(long Number, FileInfo File)> In(string folder) => !Directory.Exists(folder) ? [] : new DirectoryInfo(folder).EnumerateFiles(Prefix + "*" + Suffix)
        .Select(f => (Number: NumberOf(f.Name), File: f)).Where(f => f.Number > 0).OrderBy(f => f.Number).ToArray();

    /// <summary>The objects in a file, whoever is writing to it; lines that are none, such as one that a crash has torn, are passed over.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IEnumerable<IReadOnlyDictionary<string, string>> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file, Encoding.UTF8);
        while (ReadLine(reader) is { } line)
        {
            if (JsonText.TryRead(line) is { } members)
                yield return members;
        }
    }

    /// <summary>Reads a line; of one that is too long to be ours only the beginning is kept.</summary>
    private static string? ReadLine(StreamReader reader)
    {
        var line = new StringBuilder();
        int next;
        while ((next = reader.Read()) is not (-1 or '\n'))
        {
            if (line.Length <= JsonText.MostCharacters)
                line.Append((char)next);
        }

        return next == -1 && line.Length == 0 ? null : line.ToString();
    }

    private static long NumberOf(string name) =>
        long.TryParse(name.Substring(Prefix.Length, name.Length - Prefix.Length - Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
