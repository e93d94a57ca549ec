using System;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Compat;

namespace PandoraSync.Transport;

/// <summary>A socket as a stream that acknowledges at once what it reads (protocol.md, section 6). TLS, where used, lies above it.</summary>
internal sealed class PromptSocketStream : Stream
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly int _lingerMicroseconds;

    /// <summary>Takes over a connected socket.</summary>
    /// <param name="socket">The socket; closed with the stream.</param>
    /// <param name="linger">
    /// How long a read stays on its thread for an answer that is nearly there before it hands the thread back: in a conversation of
    /// question and answer that is faster than two changes of thread. For clients; a server has many that are silent.
    /// </param>
    public PromptSocketStream(Socket socket, TimeSpan linger)
    {
        _socket = socket;
        _lingerMicroseconds = (int)(linger.Ticks / 10);
        SocketTuning.Prepare(socket);
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        SocketTuning.AcknowledgeAtOnce(_socket);
        if (_lingerMicroseconds > 0)
            _socket.Poll(_lingerMicroseconds, SelectMode.SelectRead);
        var read = await _stream.ReadAsync(buffer, offset, count, cancellationToken).ConfigureAwait(false);
        SocketTuning.AcknowledgeAtOnce(_socket);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        SocketTuning.AcknowledgeAtOnce(_socket);
        var read = _stream.Read(buffer, offset, count);
        SocketTuning.AcknowledgeAtOnce(_socket);
        return read;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        _stream.WriteAsync(buffer, offset, count, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => _stream.Write(buffer, offset, count);

    public override void Flush()
    {
        // Nothing is held back: every write goes to the socket.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _stream.Dispose();
        base.Dispose(disposing);
    }
}
