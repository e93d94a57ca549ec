using System;
using System.Buffers.Binary;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace PandoraSync.TestSupport;

/// <summary>
/// What lies below an <c>SslStream</c> that is to hand out one TLS record per read, as OpenSSL does for a stock server: a read never
/// gives bytes of two records. What was not asked for stays in the socket, so that closing then resets the connection.
/// </summary>
internal sealed class OneRecordStream(Socket socket) : Stream
{
    private const int HeaderBytes = 5;
    private readonly NetworkStream _stream = new(socket, ownsSocket: false);
    private readonly byte[] _header = new byte[HeaderBytes];
    private int _given = HeaderBytes;
    private int _left;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (_left == 0 && _given == HeaderBytes && !TryReadHeader())
            return 0;
        if (_given < HeaderBytes)
        {
            var part = Math.Min(count, HeaderBytes - _given);
            Array.Copy(_header, _given, buffer, offset, part);
            _given += part;
            return part;
        }

        var read = _stream.Read(buffer, offset, Math.Min(count, _left));
        _left -= read;
        return read;
    }

    /// <summary>On a thread of its own: the base class would let a write wait for it.</summary>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.Run(() => Read(buffer, offset, count), cancellationToken);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var bytes = new byte[buffer.Length];
        var count = await ReadAsync(bytes, 0, bytes.Length, cancellationToken);
        bytes.AsMemory(0, count).CopyTo(buffer);
        return count;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        _stream.WriteAsync(buffer, offset, count, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _stream.WriteAsync(buffer, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => _stream.Write(buffer, offset, count);

    public override void Flush()
    {
        // Every write goes to the socket.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private bool TryReadHeader()
    {
        for (var at = 0; at < HeaderBytes;)
        {
            var read = _stream.Read(_header, at, HeaderBytes - at);
            if (read == 0)
                return false;
            at += read;
        }

        _given = 0;
        _left = BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(HeaderBytes - 2));
        return true;
    }
}
