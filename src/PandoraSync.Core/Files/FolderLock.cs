using System;
using System.IO;
using PandoraSync.Protocol;

namespace PandoraSync.Files;

/// <summary>Keeps a folder to one run at a time; a crash releases it, since the operating system holds it with the open file.</summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Takes the lock.</summary>
    /// <param name="path">The lock file; it stays afterwards and means nothing by itself.</param>
    /// <param name="what">What is locked, for the message.</param>
    /// <param name="busy">What to say when another has it; null for what is said of a run.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Busy"/>: another run has it.</exception>
    public static FolderLock Take(string path, string what, string? busy = null)
    {
        try
        {
            return new FolderLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1));
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException) && File.Exists(path))
        {
            throw new TentacleException(TentacleErrorKind.Busy, busy ?? $"Another run is using '{what}': wait until it has ended.", e) { File = what, Step = "lock" };
        }
    }

    /// <summary>True if another has the lock, or nobody can tell.</summary>
    /// <param name="path">The lock file.</param>
    public static bool IsHeld(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1);
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e is not (DirectoryNotFoundException or FileNotFoundException);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
