using System;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Compat;
using PandoraSync.Protocol;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Transport;

/// <summary>
/// One connection as lines and content, with every wait bounded. It knows no commands; client and server speak through it.
/// After any error it is closed and stays so.
/// </summary>
public sealed class TentacleChannel : IDisposable
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestWaitForAcknowledgement = TimeSpan.FromSeconds(4);

    private readonly Stream _stream;
    private readonly Socket? _socket;
    private readonly StallGuard _guard;
    private readonly Func<bool> _isTaking;
    private readonly FrameBuffer _received = new();
    private readonly FrameBuffer _outgoing = new(128);
    private Pace? _pace;
    private bool _isPaced;
    private int _closed;

    /// <summary>Takes over a connected stream.</summary>
    /// <param name="stream">The stream, TLS included where used.</param>
    /// <param name="socket">The socket below it; null where there is none.</param>
    /// <param name="peer">The other side for messages: <c>host:port</c>.</param>
    /// <param name="patience">How long each read or write may take without any progress.</param>
    public TentacleChannel(Stream stream, Socket? socket, string peer, TimeSpan patience)
    {
        _stream = stream;
        _socket = socket;
        Peer = peer;
        Patience = patience;
        _guard = new StallGuard(() => Close(reset: true));
        var departures = socket is null ? null : new DepartureWatch(socket);
        _isTaking = () => departures is not null && !(_pace?.Left <= TimeSpan.Zero) && departures.IsMoving();
    }

    /// <summary>The other side: <c>host:port</c>.</summary>
    public string Peer { get; }

    /// <summary>How long each read or write may take without any progress.</summary>
    public TimeSpan Patience { get; set; }

    /// <summary>Bytes a second that the peer must at least give or take during a line or content, beyond one <see cref="Patience"/>; 0 for no limit.</summary>
    public int MinimumRate { get; set; } = TentacleLimits.DefaultMinimumRate;

    /// <summary>The step under way, for messages; set by whoever speaks.</summary>
    public string Step { get; set; } = "connect";

    /// <summary>The file under way, for messages; null where none is.</summary>
    public string? File { get; set; }

    /// <summary>Most bytes in one write. Towards a stock relay over TLS it must be 1,024 (protocol.md, section 7).</summary>
    public int MaxWriteBytes { get; set; } = BufferPool.BufferBytes;

    /// <summary>Bytes to receive at once where they may be more than one answer; by default no more than a line can have.</summary>
    internal int ReadAheadBytes { get; set; } = TentacleLimits.MaxLineBytes;

    /// <summary>Bytes received so far.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>Bytes sent so far.</summary>
    public long BytesSent { get; private set; }

    /// <summary>True once the connection is closed from this side, by an error or on purpose.</summary>
    public bool IsClosed => _closed != 0;

    /// <summary>
    /// True if the peer's end of the conversation can be trusted: with TLS only if it said goodbye, since anybody can end a connection
    /// in its name (protocol.md, section 5). Stock programs do not, but say QUIT.
    /// </summary>
    public bool EndedOrderly => _stream is not TlsStream tls || tls.ReceivedCloseNotify;

    /// <summary>The version of TLS and what the peer showed; null without TLS.</summary>
    public string? Security => _stream is TlsStream tls ? $"TLS {(tls.Version == TlsVersion.Tls13 ? "1.3" : "1.2")}, {tls.Peer.Presented}" : null;

    /// <summary>True if bytes were received that nobody has asked for yet; after a whole answer there must be none.</summary>
    public bool HasUnreadBytes => _received.Count > 0;

    /// <summary>True if the peer has said something that was not read yet.</summary>
    internal bool HasInput => HasUnreadBytes || _socket is { Available: > 0 };

    /// <summary>True if the peer's next line is here: what answers the line before may leave together with the answer to it.</summary>
    internal bool HasLine => _received.HasLine;

    /// <summary>Closes the connection when the token fires; operations under way then end in <see cref="OperationCanceledException"/>.</summary>
    /// <param name="cancellationToken">The token.</param>
    /// <returns>Dispose it when the token no longer matters.</returns>
    public IDisposable Watch(CancellationToken cancellationToken) => _guard.Watch(cancellationToken);

    /// <summary>Reads one line.</summary>
    /// <returns>The line without its LF; null if the peer closed in an orderly way before its first byte.</returns>
    /// <exception cref="TentacleException">Time-out, broken connection, or a line without end.</exception>
    public async Task<byte[]?> ReadLineAsync()
    {
        _pace = null;
        while (true)
        {
            if (TakeLine() is { } line)
                return line;

            // Whoever is waited for may be waiting for this.
            if (_outgoing.Count > 0)
                await FlushAsync().ConfigureAwait(false);

            // Silence between two lines is bounded by patience alone; a line that has begun must come to its end.
            if (_received.Count > 0)
                _pace ??= NewPace();
            if (await ReceiveAsync(ReadAheadBytes).ConfigureAwait(false) > 0)
                continue;
            return _received.Count == 0 ? null : throw Fail(TentacleErrorKind.Disconnected, "closed the connection in the middle of a line", inner: null);
        }
    }

    /// <summary>Reads content into a stream.</summary>
    /// <param name="destination">Where it goes.</param>
    /// <param name="length">Bytes to read.</param>
    /// <param name="received">Told the number of bytes of each piece, for progress; may be null.</param>
    /// <exception cref="TentacleException">Time-out or broken connection; <paramref name="destination"/> then holds a part.</exception>
    public async Task ReadContentAsync(Stream destination, long length, Action<int>? received = null)
    {
        var left = length;
        left -= HandOver(_received.TakeContent(left), destination, received);
        if (left == 0)
            return;
        await FlushAsync().ConfigureAwait(false);
        _pace = NewPace();
        if (left < ReadAheadBytes && ReadAheadBytes > TentacleLimits.MaxLineBytes)
            await ReadWithNextAsync(destination, left, length, received).ConfigureAwait(false);
        else
            await ReadAloneAsync(destination, left, length, received).ConfigureAwait(false);
    }

    /// <summary>Reads the rest of a content together with what may follow it.</summary>
    private async Task ReadWithNextAsync(Stream destination, long left, long length, Action<int>? received)
    {
        while (left > 0)
        {
            if (await ReceiveAsync(ReadAheadBytes).ConfigureAwait(false) == 0)
                throw EndedEarly(left, length);
            left -= HandOver(_received.TakeContent(left), destination, received);
        }
    }

    /// <summary>Reads the rest of a content and nothing else.</summary>
    private async Task ReadAloneAsync(Stream destination, long left, long length, Action<int>? received)
    {
        var buffer = BufferPool.RentSmall();
        try
        {
            while (left > 0)
            {
                var count = await ReceiveAsync(new ArraySegment<byte>(buffer, 0, (int)Math.Min(buffer.Length, left))).ConfigureAwait(false);
                if (count == 0)
                    throw EndedEarly(left, length);
                left -= HandOver(new ArraySegment<byte>(buffer, 0, count), destination, received);
                if (count < buffer.Length || buffer.Length == BufferPool.BufferBytes || left == 0)
                    continue;

                // It comes faster than a small buffer takes it.
                BufferPool.Return(buffer);
                buffer = BufferPool.Rent();
            }
        }
        finally
        {
            BufferPool.Return(buffer);
        }
    }

    /// <summary>Puts bytes in line to be sent with the next write, so that a line and the start of its content leave together.</summary>
    /// <param name="bytes">A line with its LF.</param>
    public void Queue(byte[] bytes)
    {
        var space = _outgoing.Free(bytes.Length);
        Buffer.BlockCopy(bytes, 0, space.Array!, space.Offset, bytes.Length);
        _outgoing.Filled(bytes.Length);
    }

    /// <summary>Sends what is in line.</summary>
    /// <exception cref="TentacleException">Time-out or broken connection.</exception>
    public Task FlushAsync()
    {
        _pace = null;
        return _outgoing.Count == 0 ? Task.CompletedTask : SendAsync(_outgoing.TakeContent(_outgoing.Count));
    }

    /// <summary>Sends what is in line and then content from a stream, in as few writes as can be.</summary>
    /// <param name="source">Where it comes from.</param>
    /// <param name="length">Bytes to send.</param>
    /// <param name="sent">Told the number of bytes of each piece, for progress; may be null.</param>
    /// <exception cref="TentacleException">Time-out, broken connection, or <see cref="TentacleErrorKind.Changed"/> if the source ended early.</exception>
    public async Task SendContentAsync(Stream source, long length, Action<int>? sent = null)
    {
        var buffer = length + _outgoing.Count <= BufferPool.SmallBufferBytes ? BufferPool.RentSmall() : BufferPool.Rent();
        _pace = NewPace();
        try
        {
            while (length > 0 || _outgoing.Count > 0)
            {
                var ahead = _outgoing.TakeContent(MaxWriteBytes);
                Buffer.BlockCopy(ahead.Array!, ahead.Offset, buffer, 0, ahead.Count);
                var count = ReadPiece(source, new ArraySegment<byte>(buffer, ahead.Count, Math.Min(buffer.Length, MaxWriteBytes) - ahead.Count), length);
                await SendAsync(new ArraySegment<byte>(buffer, 0, ahead.Count + count)).ConfigureAwait(false);
                length -= count;
                sent?.Invoke(count);
            }
        }
        finally
        {
            BufferPool.Return(buffer);
        }
    }

    /// <summary>Puts a small content in line if the peer's next line is here already, so that it leaves together with the answer to that.</summary>
    /// <returns>False if it must be sent by itself.</returns>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Changed"/> if the source ended early.</exception>
    internal bool TryQueueContent(Stream source, long length)
    {
        if (!HasLine || _outgoing.Count + length > BufferPool.BufferBytes)
            return false;
        while (length > 0)
        {
            var count = ReadPiece(source, _outgoing.Free((int)length), length);
            _outgoing.Filled(count);
            length -= count;
        }

        return true;
    }

    /// <summary>Reads whatever comes, for a relay.</summary>
    /// <param name="buffer">Filled from its beginning.</param>
    /// <returns>Bytes read; 0 if the peer has ended its side.</returns>
    /// <exception cref="TentacleException">Time-out or broken connection.</exception>
    internal async Task<int> ReadSomeAsync(byte[] buffer)
    {
        _pace = null;
        var waiting = _received.TakeContent(buffer.Length);
        if (waiting.Count == 0)
            return await ReceiveAsync(new ArraySegment<byte>(buffer)).ConfigureAwait(false);
        Buffer.BlockCopy(waiting.Array!, waiting.Offset, buffer, 0, waiting.Count);
        return waiting.Count;
    }

    /// <summary>Sends bytes as they are, for a relay.</summary>
    /// <param name="buffer">The bytes, from its beginning.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="TentacleException">Time-out or broken connection.</exception>
    internal Task WriteAsync(byte[] buffer, int count)
    {
        _pace = null;
        return SendAsync(new ArraySegment<byte>(buffer, 0, count));
    }

    /// <summary>Waits until the peer has acknowledged all that was sent.</summary>
    /// <returns>False if it did not, or if the platform cannot tell.</returns>
    public async Task<bool> IsAllAcknowledgedAsync()
    {
        if (_socket is null || _outgoing.Count > 0)
            return false;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (!IsClosed && clock.Elapsed < LongestWaitForAcknowledgement)
        {
            if (SocketTuning.UnacknowledgedBytes(_socket) is not { } bytes)
                return false;
            if (bytes == 0)
                return !_socket.Poll(0, SelectMode.SelectError);
            await Task.Delay(1).ConfigureAwait(false);
        }

        return false;
    }

    /// <summary>True if the peer has closed the connection or broken the silence in between two commands.</summary>
    public bool LooksDead()
    {
        try
        {
            return IsClosed || (_socket is not null && _socket.Poll(0, SelectMode.SelectRead));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }

    /// <summary>Makes the error for something the peer did wrong, and closes the connection.</summary>
    /// <param name="kind">What went wrong.</param>
    /// <param name="what">What the peer did, as the end of a sentence that begins with its name.</param>
    /// <param name="inner">The cause; null if none.</param>
    public TentacleException Fail(TentacleErrorKind kind, string what, Exception? inner)
    {
        Close(reset: true);
        var at = File is null ? Step : $"{Step} of '{TentacleText.Show(File)}'";
        return new TentacleException(kind, $"{Peer} {what} (step: {at}).", inner) { Peer = Peer, File = File, Step = Step };
    }

    /// <summary>Closes the connection so that the peer sees a break, not an orderly end: it then keeps what it was about to delete.</summary>
    public void Abort() => Close(reset: true);

    /// <summary>Closes the connection in an orderly way.</summary>
    public void Dispose()
    {
        Close(reset: false);
        _guard.Dispose();
    }

    private byte[]? TakeLine()
    {
        try
        {
            if (!_received.TryTakeLine(out var line))
                return null;
            var copy = new byte[line.Count];
            Buffer.BlockCopy(line.Array!, line.Offset, copy, 0, line.Count);
            return copy;
        }
        catch (TentacleException e)
        {
            throw Fail(e.Kind, $"is not speaking Tentacle: {e.Message}", e);
        }
    }

    private async Task<int> ReceiveAsync(int wantedBytes)
    {
        var count = await ReceiveAsync(_received.Free(wantedBytes)).ConfigureAwait(false);
        _received.Filled(count);
        return count;
    }

    private async Task<int> ReceiveAsync(ArraySegment<byte> space)
    {
        try
        {
            BeginWait();
            var count = await _stream.ReadAsync(space.Array!, space.Offset, space.Count, CancellationToken.None).ConfigureAwait(false);
            EndWait(count);

            // A socket that we close under a read may give that read an end, which must not pass for the peer's orderly one.
            if (count == 0 && IsClosed)
                throw new ObjectDisposedException(nameof(TentacleChannel));
            BytesReceived += count;
            return count;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            throw Explain(e, "did not answer");
        }
    }

    /// <summary>Reads the next piece of what was announced.</summary>
    private int ReadPiece(Stream source, ArraySegment<byte> space, long left)
    {
        var room = (int)Math.Min(space.Count, left);
        var count = room <= 0 ? 0 : source.Read(space.Array!, space.Offset, room);
        return count > 0 || room <= 0 ? count : throw Fail(TentacleErrorKind.Changed, $"cannot be given the whole file: it ended {left} bytes before its announced end", inner: null);
    }

    private async Task SendAsync(ArraySegment<byte> bytes)
    {
        try
        {
            for (var at = 0; at < bytes.Count; at += MaxWriteBytes)
            {
                var piece = Math.Min(MaxWriteBytes, bytes.Count - at);
                BeginWait();
                await _stream.WriteAsync(bytes.Array!, bytes.Offset + at, piece, CancellationToken.None).ConfigureAwait(false);
                EndWait(piece);
            }

            BytesSent += bytes.Count;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            throw Explain(e, "did not take what was sent");
        }
    }

    private TentacleException EndedEarly(long left, long length) =>
        Fail(TentacleErrorKind.Disconnected, $"closed the connection with {left} of {length} bytes missing", inner: null);

    private Pace NewPace() => new(Patience, MinimumRate);

    private void BeginWait()
    {
        _pace?.Begin();
        var left = _pace?.Left;
        _isPaced = left < Patience;
        if (_isPaced)
            _guard.Begin(left > ShortestWait ? left.Value : ShortestWait);
        else
            _guard.Begin(Patience, _isTaking);
    }

    private void EndWait(int bytes)
    {
        _guard.End();
        _pace?.End(bytes);
    }

    private static int HandOver(ArraySegment<byte> bytes, Stream destination, Action<int>? received)
    {
        if (bytes.Count == 0)
            return 0;
        destination.Write(bytes.Array!, bytes.Offset, bytes.Count);
        received?.Invoke(bytes.Count);
        return bytes.Count;
    }

    private Exception Explain(Exception cause, string whenSilent)
    {
        if (_guard.Cancelled)
            return new OperationCanceledException($"The conversation with {Peer} was cancelled.", cause);
        if (_guard.TimedOut && _isPaced)
            return Fail(TentacleErrorKind.Timeout, $"was too slow: {_pace}", cause);
        if (_guard.TimedOut)
            return Fail(TentacleErrorKind.Timeout, $"{whenSilent} within {Patience.TotalSeconds:0.###} s", cause);
        var reason = (cause.InnerException ?? cause) is SocketException socketError ? socketError.Message : cause.Message;
        return Fail(TentacleErrorKind.Disconnected, $"broke the connection: {reason.TrimEnd('.')}", cause);
    }

    private void Close(bool reset)
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
            return;
        try
        {
            if (reset && _socket is not null)
                _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Already broken, which is what the reset would have said.
        }

        if (reset)
            _socket?.Dispose();
        _stream.Dispose();
        _socket?.Dispose();
    }
}
