using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using PandoraSync.Native;

namespace PandoraSync.Files;

/// <summary>
/// A folder to make many short-lived files in, a few hundred to a subfolder, each subfolder elsewhere on the disk. ext4 looks for a new
/// file's place where its folder lies and passes over each place that was given free in the last minutes: in one folder that thousands
/// of files come to and leave, making a file soon costs several times what writing it costs.
/// </summary>
internal sealed class ScatteredFolder
{
    private const int FilesPerSubfolder = 512;

    // Subfolders looked at again at each turn; more than one, so that those that had a slow file do not pile up.
    private const int LookedAt = 4;

    private readonly object _gate = new();
    private readonly Queue<string> _earlier = new();
    private readonly string _path;
    private long _files;
    private int _inCurrent;
    private string? _current;

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

    /// <summary>Makes a file under a name that no other has.</summary>
    /// <param name="access">What the file is opened for; others may read, rename and delete it meanwhile.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public FileStream Create(FileAccess access)
    {
        // Nobody turns meanwhile: an empty subfolder might be removed before its file is there.
        lock (_gate)
        {
            if (_current is null || _inCurrent == FilesPerSubfolder)
                Turn();
            try
            {
                return CreateNext(access);
            }
            catch (DirectoryNotFoundException)
            {
                // Somebody who tidies up has removed the subfolder while it was empty.
                Turn();
                return CreateNext(access);
            }
        }
    }

    /// <summary>Removes the subfolders that nothing is in any more.</summary>
    public void Tidy()
    {
        lock (_gate)
        {
            if (_current is not null)
                _earlier.Enqueue(_current);
            _current = null;
            RemoveEmpty(_earlier.Count);
        }
    }

    private FileStream CreateNext(FileAccess access)
    {
        _inCurrent++;
        var path = Path.Combine(_current!, (++_files).ToString("x16", CultureInfo.InvariantCulture));
        return new FileStream(path, FileMode.CreateNew, access, FileShare.Read | FileShare.Delete, bufferSize: 1);
    }

    private void Turn()
    {
        RemoveEmpty(Math.Min(LookedAt, _earlier.Count));

        // The place follows from the name, so that names must not come again. It becomes the current one when it is there.
        var next = Path.Combine(_path, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(next);
        if (_current is not null)
            _earlier.Enqueue(_current);
        _current = next;
        _inCurrent = 0;
    }

    private void RemoveEmpty(int looks)
    {
        for (; looks > 0; looks--)
        {
            var folder = _earlier.Dequeue();
            try
            {
                Directory.Delete(folder);
            }
            catch (Exception e) when (LocalFileError.IsFileError(e))
            {
                // Something is still in it.
                if (Directory.Exists(folder))
                    _earlier.Enqueue(folder);
            }
        }
    }
}
