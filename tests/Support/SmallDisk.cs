using System;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace PandoraSync.TestSupport;

/// <summary>A file system of its own in memory, that can be full, made larger and made read-only. Needs Linux and root.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly TempFolder _at = new();

    /// <summary>Mounts one.</summary>
    /// <param name="megabytes">Its size.</param>
    public SmallDisk(int megabytes) => Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", _at.Path);

    /// <summary>Where it is mounted.</summary>
    public string Path => _at.Path;

    /// <summary>The full path of something on it.</summary>
    public string this[string name] => _at[name];

    /// <summary>Its files and folders.</summary>
    public TempFolder Folder => _at;

    /// <summary>Gives it another size.</summary>
    public void Resize(int megabytes) => Run("mount", "-o", $"remount,size={megabytes}m", _at.Path);

    /// <summary>Makes it read-only, unless somebody is writing to it just now.</summary>
    /// <returns>False if somebody is.</returns>
    public bool TryMakeReadOnly() => TryRun("mount", "-o", "remount,ro", _at.Path) is null;

    /// <summary>Lets it be written again.</summary>
    public void MakeWritable() => Run("mount", "-o", "remount,rw", _at.Path);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Lazily: a crashed process of a test may not have let go of it yet.
        Run("umount", "-l", _at.Path);
        _at.Dispose();
    }

    private static void Run(string program, params string[] arguments)
    {
        if (TryRun(program, arguments) is { } error)
            throw new InvalidOperationException($"'{program} {string.Join(' ', arguments)}' failed: {error.Trim()}. File systems in memory are mounted by root alone.");
    }

    private static string? TryRun(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : error + " ";
    }
}
