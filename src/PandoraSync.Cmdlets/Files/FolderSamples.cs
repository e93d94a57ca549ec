using System;
using System.Collections.Generic;
using System.Linq;
using PandoraSync.Protocol;

namespace PandoraSync.Cmdlets.Files;

/// <summary>
/// Names that a server with the usual filters keeps in its folders: a folder is listed by such a name (protocol.md, sections 2 and 3).
/// </summary>
internal static class FolderSamples
{
    private static readonly Dictionary<string, string> Samples = new(StringComparer.OrdinalIgnoreCase)
    {
        ["conf"] = "x.conf",
        ["md5"] = "x.md5",
        ["collections"] = "x.zip",
        ["trans"] = "x.lock",
        ["commands"] = "x.rcmd",
    };

    public static IEnumerable<string> Folders => Samples.Keys.OrderBy(k => k, StringComparer.Ordinal);

    /// <summary>The name to list a folder by.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: no usual folder, and no file name either.</exception>
    public static string Of(string folder)
    {
        if (folder.Length == 0)
            return string.Empty;
        if (Samples.TryGetValue(folder, out var sample))
            return sample;
        return folder.IndexOf('.') > 0
            ? folder
            : throw new TentacleException(TentacleErrorKind.Configuration, $"'{folder}' is not one of the usual folders ({string.Join(", ", Folders)}): give the name of a file that the server keeps in the folder, such as x.conf.");
    }
}
