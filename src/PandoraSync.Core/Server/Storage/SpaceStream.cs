using System.IO;

namespace PandoraSync.Server.Storage;

/// <summary>An unfinished file that takes its room on the disk before it grows.</summary>
/// <param name="inner">The file; disposed with this.</param>
/// <param name="room">The room; disposed with this.</param>
internal sealed class SpaceStream(FileStream inner, SpaceReservation room) : Stream
{
    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => inner.CanSeek;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    /// <exception cref="QuotaExceededException">There is no room.</exception>
    public override void Write(byte[] buffer, int offset, int count)
    {
        var written = inner.Position;
        room.Grow(written, written + count);
        inner.Write(buffer, offset, count);
    }

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void SetLength(long value)
    {
        inner.SetLength(value);
        if (value == 0)
            room.Dispose();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            room.Dispose();
        }

        base.Dispose(disposing);
    }
}
