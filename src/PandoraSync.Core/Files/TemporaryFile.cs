using System;
using System.IO;

namespace PandoraSync.Files;

/// <summary>A file without a lasting name, gone when disposed.</summary>
internal sealed class TemporaryFile : IDisposable
{
    private TemporaryFile(FileStream stream) => Stream = stream;

    /// <summary>Reads, writes and seeks.</summary>
    public FileStream Stream { get; }

    /// <summary>Makes one in a folder, or in the system's folder for temporary files.</summary>
    /// <param name="folder">The folder; null for the system's.</param>
    /// <exception cref="IOException">It cannot be created.</exception>
    public static TemporaryFile Create(string? folder = null)
    {
        var path = Path.Combine(folder ?? Path.GetTempPath(), $"pandorasync-{Guid.NewGuid():N}.tmp");
        return new TemporaryFile(new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 4096, FileOptions.DeleteOnClose));
    }

    /// <inheritdoc/>
    public void Dispose() => Stream.Dispose();
}
