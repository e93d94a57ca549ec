using System;
using System.IO;
using PandoraSync.Native;

namespace PandoraSync.Server.Storage;

/// <summary>A file being received, under a name that nobody lists. Disposed without having been stored, it is deleted.</summary>
internal sealed class IncomingFile : IDisposable
{
    private readonly FileStream _file;

    /// <summary>Makes the file.</summary>
    /// <param name="name">The name it will have.</param>
    /// <param name="file">The file, new and empty; disposed with it.</param>
    /// <param name="room">The room that it takes as it grows; disposed with it.</param>
    public IncomingFile(string name, FileStream file, SpaceReservation room)
    {
        _file = file;
        Name = name;
        Path = file.Name;
        Content = new DeferredErrorStream(new SpaceStream(file, room));
    }

    /// <summary>The name it will have.</summary>
    public string Name { get; }

    /// <summary>Where it lies for now.</summary>
    public string Path { get; }

    /// <summary>True once it has its name.</summary>
    public bool IsStored { get; set; }

    /// <summary>Where the content goes. An error of the disk is kept until <see cref="Flush"/>, so that the conversation stays in step.</summary>
    public DeferredErrorStream Content { get; }

    /// <summary>Has the content on disk when it returns.</summary>
    /// <exception cref="IOException">An earlier write or the flush failed.</exception>
    public void Flush()
    {
        Content.ThrowIfFailed();
        FileSystemCalls.Flush(_file);
        Content.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Content.Dispose();
        if (IsStored)
            return;
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
