using System;
using System.IO;

namespace PandoraSync.Server;

/// <summary>Writes to a file of unknown length, asking for room before it is written.</summary>
/// <param name="inner">The file.</param>
/// <param name="need">Told the length that the file is about to have; throws if there is no room.</param>
internal sealed class RoomStream(Stream inner, Action<long> need) : Stream
{
    private long _length;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        need(_length + count);
        inner.Write(buffer, offset, count);
        _length += count;
    }

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
