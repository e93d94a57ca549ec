using System;
using System.Globalization;
using System.IO;
using PandoraSync.Compat;

namespace PandoraSync.Files;

/// <summary>
/// A folder to make many short-lived files in, a few hundred to a subfolder, each subfolder elsewhere on the disk. ext4 looks for a new
/// file's place where its folder lies and passes over each place that was given free in the last minutes: in one folder that thousands
/// of files come to and leave, making a file soon costs several times what writing it costs.
/// </summary>
internal sealed class ScatteredFolder
{
    private const int FilesPerSubfolder = 512;

    private readonly object _gate = new();
    private readonly string _path;
    private long _files;
    private string? _current;
    private string? _last;

    /// <summary>Opens or makes the folder.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public ScatteredFolder(string path)
    {
        _path = path;
        Directory.CreateDirectory(path);
        FolderPlacement.Scatter(path);
    }

    /// <summary>Deletes all that is in it.</summary>
    /// <exception cref="IOException">Something cannot be deleted.</exception>
    public void Clear()
    {
        foreach (var file in Directory.EnumerateFiles(_path))
            File.Delete(file);
        foreach (var folder in Directory.EnumerateDirectories(_path))
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>A path for a new file that no other has.</summary>
    /// <exception cref="IOException">The subfolder cannot be made.</exception>
    public string NewPath()
    {
        lock (_gate)
        {
            var number = _files++;
            if (number % FilesPerSubfolder == 0)
                Turn();
            return Path.Combine(_current!, number.ToString("x16", CultureInfo.InvariantCulture));
        }
    }

    private void Turn()
    {
        if (_last is not null)
            TryRemove(_last);
        _last = _current;

        // The place follows from the name, so that names must not come again.
        _current = Path.Combine(_path, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(_current);
    }

    private static void TryRemove(string folder)
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            // Something is still in it; the next run clears it away.
        }
    }
}
