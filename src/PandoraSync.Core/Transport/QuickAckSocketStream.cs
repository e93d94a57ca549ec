using System;
using System.Diagnostics;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Native;

namespace PandoraSync.Transport;

/// <summary>A socket as a stream that acknowledges at once what it reads (protocol.md, section 6). TLS, where used, lies above it.</summary>
internal sealed class QuickAckSocketStream : Stream
{
    /// <summary>A piece of content below this may be the first of many lines.</summary>
    private const int LineBytes = 1024;

    private const int Spins = 10;

    private static readonly long FirstLineTicks = Stopwatch.Frequency / 5_000;
    private static readonly long MoreLinesTicks = Stopwatch.Frequency / 10_000;
    private static readonly bool CanStay = Environment.ProcessorCount > 1;

    private readonly NetworkStream _stream;
    private readonly int _pollMicroseconds;
    private MemoryStream? _held;
    private bool _isHolding;

    /// <summary>Takes over a connected socket.</summary>
    /// <param name="socket">The socket; closed with the stream.</param>
    /// <param name="pollBeforeRead">
    /// How long a read stays on its thread for an answer that is nearly there before it hands the thread back: in a conversation of
    /// question and answer that is faster than two changes of thread. For clients; a server has many that are silent.
    /// </param>
    public QuickAckSocketStream(Socket socket, TimeSpan pollBeforeRead)
    {
        Socket = socket;
        _pollMicroseconds = (int)(pollBeforeRead.Ticks / 10);
        SocketTuning.Prepare(socket);
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>The socket.</summary>
    public Socket Socket { get; }

    /// <summary>
    /// How many of the next reads may keep a processor busy for up to 0.3 ms, which is for a server with a single client. A
    /// stock client sends a text's first line by itself and the others when that is acknowledged (protocol.md, section 6): each
    /// line costs a change of thread or two, unless this waits where it is, and fetches many lines with one acknowledgement.
    /// </summary>
    public int Stays { get; set; }

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
        if (CanStay && Stays > 0)
            return await ReadLinesAsync(buffer, offset, count, cancellationToken).ConfigureAwait(false);
        SocketTuning.AcknowledgeAtOnce(Socket);
        if (_pollMicroseconds > 0)
            Socket.Poll(_pollMicroseconds, SelectMode.SelectRead);
        var read = await _stream.ReadAsync(buffer, offset, count, cancellationToken).ConfigureAwait(false);
        SocketTuning.AcknowledgeAtOnce(Socket);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        SocketTuning.AcknowledgeAtOnce(Socket);
        var read = _stream.Read(buffer, offset, count);
        SocketTuning.AcknowledgeAtOnce(Socket);
        return read;
    }

    /// <summary>Keeps what is written until <see cref="ReleaseAsync"/>, and writes nothing that could wait: small TLS records then leave in one write.</summary>
    public void Hold()
    {
        _held ??= new MemoryStream();
        _isHolding = true;
    }

    /// <summary>Writes what is held; nothing else if nothing is.</summary>
    public Task ReleaseAsync()
    {
        if (!_isHolding)
            return Task.CompletedTask;
        _isHolding = false;
        var bytes = (int)_held!.Length;
        _held.SetLength(0);
        return _stream.WriteAsync(_held.GetBuffer(), 0, bytes);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        (_isHolding ? (Stream)_held! : _stream).WriteAsync(buffer, offset, count, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => (_isHolding ? (Stream)_held! : _stream).Write(buffer, offset, count);

    public override void Flush()
    {
        // Nothing is held back: every write goes to the socket.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async Task<int> ReadLinesAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Stays--;
        SocketTuning.AcknowledgeLater(Socket);
        Stay(FirstLineTicks, enough: 1);
        var read = await _stream.ReadAsync(buffer, offset, count, cancellationToken).ConfigureAwait(false);
        var isLine = read > 0 && read < Math.Min(count, LineBytes);
        if (isLine)
            Stay(MoreLinesTicks, count - read);
        SocketTuning.AcknowledgeAtOnce(Socket);
        return isLine ? read + ReadWhatIsHere(buffer, offset + read, count - read) : read;
    }

    private void Stay(long ticks, int enough)
    {
        for (var start = Stopwatch.GetTimestamp(); Socket.Available < enough && Stopwatch.GetTimestamp() - start < ticks;)
            Thread.SpinWait(Spins);
    }

    private int ReadWhatIsHere(byte[] buffer, int offset, int count)
    {
        try
        {
            return Socket.Available > 0 ? Socket.Receive(buffer, offset, count, SocketFlags.None) : 0;
        }
        catch (SocketException)
        {
            // What came before the break counts; the next read tells of it.
            return 0;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _stream.Dispose();
        base.Dispose(disposing);
    }
}
