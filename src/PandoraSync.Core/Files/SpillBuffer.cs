using System;
using System.IO;

namespace PandoraSync.Files;

/// <summary>Bytes of unknown number, written and then read: a few are held in memory, many in a file.</summary>
/// <param name="create">Makes the file, to be written and read; it is disposed with this.</param>
internal sealed class SpillBuffer(Func<Stream> create) : IDisposable
{
    private const int MostBytesInMemory = 64 * 1024;
    private readonly MemoryStream _memory = new();
    private Stream? _file;

    /// <summary>Appends bytes and ends the line.</summary>
    /// <exception cref="IOException">The file cannot be made or written.</exception>
    public void WriteLine(ArraySegment<byte> bytes)
    {
        if (_memory.Length + bytes.Count >= MostBytesInMemory)
        {
            _file ??= create();
            _memory.WriteTo(_file);
            _memory.SetLength(0);
        }

        _memory.Write(bytes.Array!, bytes.Offset, bytes.Count);
        _memory.WriteByte((byte)'\n');
    }

    /// <summary>Ends the writing.</summary>
    /// <returns>All bytes, from the first; it lives as long as this.</returns>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public Stream Complete()
    {
        if (_file is not null)
            _memory.WriteTo(_file);
        var all = _file ?? _memory;
        all.Position = 0;
        return all;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory.Dispose();
        _file?.Dispose();
    }
}
