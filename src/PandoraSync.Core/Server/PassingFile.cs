using System;
using System.IO;
using PandoraSync.Files;

namespace PandoraSync.Server;

/// <summary>A file without a lasting name, such as an archive, and the room that it takes for as long as it lives.</summary>
internal sealed class PassingFile : IDisposable
{
    private readonly RoomReservation _room;
    private readonly TemporaryFile _file;

    /// <summary>Makes it.</summary>
    /// <param name="room">The room; disposed with it, also if it cannot be made.</param>
    /// <param name="folder">Where.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public PassingFile(RoomReservation room, string folder)
    {
        _room = room;
        try
        {
            _file = TemporaryFile.Create(folder);
        }
        catch
        {
            room.Dispose();
            throw;
        }
    }

    /// <summary>Reads, writes and seeks.</summary>
    public FileStream Stream => _file.Stream;

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _room.Dispose();
    }
}
