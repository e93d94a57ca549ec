using System;
using System.IO;

namespace PandoraSync.Server;

/// <summary>A file being received, under a name that nobody lists. Disposed without having been stored, it is deleted.</summary>
internal sealed class IncomingFile : IDisposable
{
    public IncomingFile(string name, string path)
    {
        Name = name;
        Path = path;
        Content = new FirstErrorStream(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 1));
    }

    /// <summary>The name it will have.</summary>
    public string Name { get; }

    /// <summary>Where it lies for now.</summary>
    public string Path { get; }

    /// <summary>Where the content goes. An error of the disk is kept until <see cref="Flush"/>, so that the conversation stays in step.</summary>
    public FirstErrorStream Content { get; }

    /// <summary>Has the content on disk when it returns.</summary>
    /// <exception cref="IOException">An earlier write or the flush failed.</exception>
    public void Flush()
    {
        Content.ThrowIfFailed();
        Content.Inner.Flush(flushToDisk: true);
        Content.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Content.Dispose();
        try
        {
            File.Delete(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start of the server throws it away.
        }
    }
}
