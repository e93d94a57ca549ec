using System;
using System.IO;
using PandoraSync.Compat;

namespace PandoraSync.Server;

/// <summary>A file being received, under a name that nobody lists. Disposed without having been stored, it is deleted.</summary>
internal sealed class IncomingFile : IDisposable
{
    /// <summary>Makes the file.</summary>
    /// <param name="name">The name it will have.</param>
    /// <param name="content">The file, new and empty; disposed with it.</param>
    /// <param name="room">The room that is set aside for it; disposed with it.</param>
    public IncomingFile(string name, FileStream content, RoomReservation room)
    {
        Room = room;
        Name = name;
        Path = content.Name;
        Content = new FirstErrorStream(content);
    }

    /// <summary>The name it will have.</summary>
    public string Name { get; }

    /// <summary>The room that is set aside for it.</summary>
    public RoomReservation Room { get; }

    /// <summary>Where it lies for now.</summary>
    public string Path { get; }

    /// <summary>True once it has its name.</summary>
    public bool IsStored { get; set; }

    /// <summary>Where the content goes. An error of the disk is kept until <see cref="Flush"/>, so that the conversation stays in step.</summary>
    public FirstErrorStream Content { get; }

    /// <summary>Has the content on disk when it returns.</summary>
    /// <exception cref="IOException">An earlier write or the flush failed.</exception>
    public void Flush()
    {
        Content.ThrowIfFailed();
        FileSystemCalls.Flush(Content.Inner);
        Content.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Content.Dispose();
        Room.Dispose();
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
