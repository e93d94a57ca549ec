using System.IO;

namespace PandoraSync.Files;

/// <summary>Paths that people wrote, looked at before .NET's own calls see them, which throw for some characters.</summary>
internal static class PathRules
{
    /// <summary>True if a path has no character that no path of this system can have.</summary>
    public static bool IsPossible(string path) => path.IndexOfAny(Path.GetInvalidPathChars()) < 0;

    /// <summary>True for a path that does not depend on the current folder.</summary>
    public static bool IsFull(string path) => !string.IsNullOrWhiteSpace(path) && IsPossible(path) && Path.IsPathRooted(path);
}
