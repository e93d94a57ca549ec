using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using PandoraSync.Files;
using PandoraSync.Native;
using PandoraSync.Protocol;

namespace PandoraSync.Services;

/// <summary>Writes and removes files that a service manager reads: whole or not at all, and none that somebody has edited.</summary>
internal static class ServiceStore
{
    /// <summary>The files that are not there yet as they should be.</summary>
    /// <param name="files">As they should be.</param>
    /// <param name="force">True to replace what others have written or edited.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.LocalFile"/>: a file is not ours, was edited, or cannot be read.</exception>
    public static IReadOnlyList<ServiceFile> Changes(IReadOnlyList<ServiceFile> files, bool force)
    {
        var changed = files.Where(f => !string.Equals(Read(f.Path), f.Text, StringComparison.Ordinal)).ToArray();
        if (!force)
            ThrowIfTouched(changed.Select(f => f.Path), "written");
        return changed;
    }

    /// <summary>Writes files.</summary>
    /// <exception cref="TentacleException">A file cannot be written; those before it are.</exception>
    public static void Write(IEnumerable<ServiceFile> files)
    {
        foreach (var file in files)
        {
            var temporary = $"{file.Path}.{Guid.NewGuid():N}.tmp";
            Do(file.Path, "write", () =>
            {
                try
                {
                    var bytes = Encoding.UTF8.GetBytes(file.Text);
                    using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
                    {
                        stream.Write(bytes, 0, bytes.Length);
                        FileSystemCalls.Flush(stream);
                    }

                    FileSystemCalls.RenameOver(temporary, file.Path);
                    using var folder = FolderHandle.Open(Path.GetDirectoryName(file.Path)!);
                    folder.Flush();
                }
                finally
                {
                    File.Delete(temporary);
                }
            });
        }
    }

    /// <summary>Removes files of ours.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="force">True to remove them also when somebody has edited them.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.LocalFile"/>: one was edited, and none is removed then; or cannot be removed.</exception>
    public static void Remove(IReadOnlyList<string> paths, bool force)
    {
        if (!force)
            ThrowIfTouched(paths, "removed");
        foreach (var path in paths)
            Do(path, "remove", () => File.Delete(path));
    }

    /// <summary>A file's text; null if there is none.</summary>
    /// <exception cref="TentacleException">It cannot be read.</exception>
    public static string? Read(string path)
    {
        string? text = null;
        if (Directory.Exists(path))
            throw new TentacleException(TentacleErrorKind.LocalFile, $"'{path}' is a folder, and a file is wanted: give the service another name, or take the folder away.") { File = path, Step = "read" };
        Do(path, "read", () => text = File.Exists(path) ? File.ReadAllText(path) : null);
        return text;
    }

    private static void ThrowIfTouched(IEnumerable<string> paths, string done)
    {
        foreach (var path in paths)
        {
            if (Read(path) is not { } text)
                continue;
            if (FileMark.IsUntouched(text) is not { } untouched)
                throw new TentacleException(TentacleErrorKind.LocalFile, $"'{path}' was not made by Register-PandoraSyncService and is not {done}: give the service another name (-Name), or -Force if the file is not needed any more.") { File = path, Step = done };
            if (!untouched)
                throw new TentacleException(TentacleErrorKind.LocalFile, $"'{path}' was edited since it was registered and is not {done}: put own settings into a drop-in (systemctl edit), then give -Force to lose those in this file.") { File = path, Step = done };
        }
    }

    private static void Do(string path, string step, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            throw LocalFileError.Explain(e, path, step);
        }
    }
}
