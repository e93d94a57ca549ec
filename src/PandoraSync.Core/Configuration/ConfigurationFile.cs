using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using PandoraSync.Files;
using PandoraSync.Protocol;

namespace PandoraSync.Configuration;

/// <summary>
/// Reads the lines of Pandora FMS's configuration files: a key at the line's start, white space, and the value to the line's end;
/// lines that do not begin with a letter are comments (protocol.md, section 8).
/// </summary>
internal static class ConfigurationFile
{
    // The largest of these files have some hundred kilobytes; what is larger is not one of them.
    private const long MostBytes = 16 * 1024 * 1024;

    /// <summary>Reads a file.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: it is missing or cannot be read.</exception>
    public static IReadOnlyList<ConfigurationEntry> Read(string path)
    {
        try
        {
            if (!File.Exists(path))
                throw new TentacleException(TentacleErrorKind.Configuration, $"The configuration file '{path}' does not exist: correct the path.") { File = path, Step = "configuration" };
            if (new FileInfo(path).Length > MostBytes)
                throw new TentacleException(TentacleErrorKind.Configuration, $"'{path}' is too large to be a configuration file.") { File = path, Step = "configuration" };
            return Parse(File.ReadAllText(path, Encoding.UTF8), path);
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            throw new TentacleException(TentacleErrorKind.Configuration, LocalFileError.Explain(e, path, "read the configuration").Message, e) { File = path, Step = "configuration" };
        }
    }

    /// <summary>Reads the text of a file.</summary>
    public static IReadOnlyList<ConfigurationEntry> Parse(string text, string path) => text.TrimStart('\uFEFF').Split('\n')
        .Select((line, i) => (Line: line.TrimEnd(), Number: i + 1))
        .Where(l => l.Line.Length > 0 && char.IsLetter(l.Line[0]))
        .Select(l => ToEntry(l.Line, $"{path}, line {l.Number}"))
        .ToArray();

    private static ConfigurationEntry ToEntry(string line, string source)
    {
        var end = line.IndexOfAny([' ', '\t']);
        return end < 0
            ? new ConfigurationEntry(line.ToLowerInvariant(), string.Empty, source)
            : new ConfigurationEntry(line.Substring(0, end).ToLowerInvariant(), line.Substring(end).Trim(), source);
    }
}
