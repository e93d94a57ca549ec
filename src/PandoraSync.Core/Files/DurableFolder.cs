using System.IO;
using PandoraSync.Native;

namespace PandoraSync.Files;

/// <summary>Folders that files are kept in: a flush of a file is worth nothing if its folder is not on disk.</summary>
internal static class DurableFolder
{
    /// <summary>Makes folders in a folder, unless they are there, and has them on disk.</summary>
    /// <param name="parent">An existing folder.</param>
    /// <param name="paths">Full paths right below it.</param>
    /// <exception cref="IOException">They cannot be made or flushed.</exception>
    public static void Create(string parent, params string[] paths)
    {
        using var folder = FolderHandle.Open(parent);
        foreach (var path in paths)
            Directory.CreateDirectory(path);
        folder.Flush();
    }
}
