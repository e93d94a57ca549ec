using System;
using System.Diagnostics;

namespace PandoraSync.TestSupport;

/// <summary>A file system of its own in memory, that can be full and made larger. Needs Linux and root.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly TempFolder _at = new();

    /// <summary>Mounts one.</summary>
    /// <param name="megabytes">Its size.</param>
    /// <param name="inodes">Most files and folders; the system's choice by default.</param>
    public SmallDisk(int megabytes, int? inodes = null) =>
        Run("mount", "-t", "tmpfs", "-o", inodes is null ? $"size={megabytes}m" : $"size={megabytes}m,nr_inodes={inodes}", "tmpfs", _at.Path);

    /// <summary>Where it is mounted.</summary>
    public string Path => _at.Path;

    /// <summary>The full path of something on it.</summary>
    public string this[string name] => _at[name];

    /// <summary>Its files and folders.</summary>
    public TempFolder Folder => _at;

    /// <summary>Gives it another size.</summary>
    public void Resize(int megabytes) => Run("mount", "-o", $"remount,size={megabytes}m", _at.Path);

    /// <summary>Gives it room for another number of files and folders.</summary>
    public void ResizeInodes(int inodes) => Run("mount", "-o", $"remount,nr_inodes={inodes}", _at.Path);

    /// <summary>Lets nothing be changed on it any more.</summary>
    public void MakeReadOnly() => Run("mount", "-o", "remount,ro", _at.Path);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Lazily: a crashed process of a test may not have let go of it yet.
        Run("umount", "-l", _at.Path);
        _at.Dispose();
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"'{program} {string.Join(' ', arguments)}' failed: {error.Trim()}. File systems in memory are mounted by root alone.");
    }
}
