using System;
using System.IO;
using System.Net.Sockets;
using System.Threading.Tasks;
using PandoraSync.Files;
using PandoraSync.Native;
using PandoraSync.Protocol;

namespace PandoraSync.Transport;

/// <summary>One connection as lines and content. It knows no commands; client and server speak through it.</summary>
internal sealed class TentacleChannel : BoundedConnection
{
    private static readonly TimeSpan LongestWaitForAcknowledgement = TimeSpan.FromSeconds(4);

    /// <summary>Reads of a content that may keep a processor busy: more than an honest client needs, few enough for one that sends single bytes.</summary>
    private const int MostStays = 4;

    private readonly FrameBuffer _received = new();
    private readonly FrameBuffer _outgoing = new(128);

    /// <summary>Takes over a connected stream.</summary>
    /// <param name="stream">The stream, TLS included where used.</param>
    /// <param name="line">What lies below TLS; the stream itself where there is none.</param>
    /// <param name="peer">The other side for messages: <c>host:port</c>.</param>
    /// <param name="idleTimeout">How long each read or write may take without any progress.</param>
    internal TentacleChannel(Stream stream, QuickAckSocketStream line, string peer, TimeSpan idleTimeout)
        : base(stream, line, peer, idleTimeout)
    {
    }

    /// <summary>When the peer's certificate ends, UTC; null without TLS.</summary>
    internal DateTime? PeerCertificateEnd { get; init; }

    /// <summary>Bytes to receive at once where they may be more than one answer; by default no more than a line can have.</summary>
    internal int ReadAheadBytes { get; set; } = TentacleLimits.MaxLineBytes;

    /// <summary>Whether nobody else is served: a content that comes line by line may then keep a processor busy.</summary>
    internal Func<bool> IsPeerAlone { get; init; } = static () => false;

    /// <summary>What the peer has earned by useful work; null where nobody else waits for its place.</summary>
    internal WorkCredit? Credit { get; init; }

    /// <summary>True if bytes were received that nobody has asked for yet; after a whole answer there must be none.</summary>
    public bool HasUnreadBytes => _received.Count > 0;

    /// <summary>True if the peer has said something that was not read yet.</summary>
    internal bool HasInput => HasUnreadBytes || Socket.Available > 0;

    /// <summary>True if the peer's next line is here: what answers the line before may leave together with the answer to it.</summary>
    internal bool HasLine => _received.HasLine;

    /// <summary>Reads one line.</summary>
    /// <returns>The line without its LF; null if the peer closed in an orderly way before its first byte.</returns>
    /// <exception cref="TentacleException">Time-out, broken connection, or a line without end.</exception>
    public async Task<byte[]?> ReadLineAsync()
    {
        EndMinRate();
        while (true)
        {
            if (TakeLine() is { } line)
                return line;

            // Whoever is waited for may be waiting for this.
            if (_outgoing.Count > 0)
                await FlushAsync().ConfigureAwait(false);

            // Silence between two lines is bounded by the idle timeout alone; a line that has begun must come to its end.
            if (_received.Count > 0)
                KeepMinRate();
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
        BeginMinRate();
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
        Line.Stays = IsPeerAlone() ? MostStays : 0;
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
            Line.Stays = 0;
            BufferPool.Return(buffer);
        }
    }

    /// <summary>Puts bytes in line to be sent with the next write, so that a line and the start of its content leave together.</summary>
    /// <param name="bytes">A line with its LF.</param>
    public void Queue(byte[] bytes)
    {
        var space = _outgoing.GetMemory(bytes.Length);
        Buffer.BlockCopy(bytes, 0, space.Array!, space.Offset, bytes.Length);
        _outgoing.Advance(bytes.Length);
    }

    /// <summary>Sends what is in line.</summary>
    /// <exception cref="TentacleException">Time-out or broken connection.</exception>
    public Task FlushAsync()
    {
        EndMinRate();
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
        BeginMinRate();
        if (length > BufferPool.SmallBufferBytes)
            Credit?.BeginSending(() => SocketTuning.AcknowledgedBytes(Socket));
        try
        {
            while (length > 0 || _outgoing.Count > 0)
            {
                var ahead = _outgoing.TakeContent(buffer.Length);
                Buffer.BlockCopy(ahead.Array!, ahead.Offset, buffer, 0, ahead.Count);
                var count = ReadPiece(source, new ArraySegment<byte>(buffer, ahead.Count, buffer.Length - ahead.Count), length);
                await SendAsync(new ArraySegment<byte>(buffer, 0, ahead.Count + count)).ConfigureAwait(false);
                length -= count;
                Credit?.Moved(count);
                sent?.Invoke(count);
            }
        }
        finally
        {
            Credit?.EndSending();
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
            var count = ReadPiece(source, _outgoing.GetMemory((int)length), length);
            _outgoing.Advance(count);
            length -= count;
            Credit?.Moved(count);
        }

        return true;
    }

    /// <summary>Sends bytes while answers are read; while it is used, nothing else is sent.</summary>
    /// <param name="gap">For a peer that takes what it reads at once for one line: the time between two lines that leave by themselves, where no TLS records keep them apart; null for any other peer.</param>
    internal BackgroundSender BeginSendingAhead(Func<TimeSpan>? gap) =>
        gap is null || HasRecords
            ? new(bytes => SendBesideAsync(bytes, isLineByLine: gap is not null))
            : new(bytes => SendBesideAsync(bytes, isLineByLine: false), new LineSpacing(Socket, gap).WaitAsync);

    /// <summary>Reads whatever comes, for a relay.</summary>
    /// <param name="buffer">Advance from its beginning.</param>
    /// <returns>Bytes read; 0 if the peer has ended its side.</returns>
    /// <exception cref="TentacleException">Time-out or broken connection.</exception>
    internal async Task<int> ReadSomeAsync(byte[] buffer)
    {
        EndMinRate();
        var waiting = _received.TakeContent(buffer.Length);
        if (waiting.Count == 0)
        {
            var count = await ReceiveAsync(new ArraySegment<byte>(buffer)).ConfigureAwait(false);
            Credit?.Moved(count);
            return count;
        }

        Buffer.BlockCopy(waiting.Array!, waiting.Offset, buffer, 0, waiting.Count);
        Credit?.Moved(waiting.Count);
        return waiting.Count;
    }

    /// <summary>Sends bytes as they are, for a relay.</summary>
    /// <param name="buffer">The bytes, from its beginning.</param>
    /// <param name="count">How many.</param>
    /// <exception cref="TentacleException">Time-out or broken connection.</exception>
    internal Task WriteAsync(byte[] buffer, int count)
    {
        EndMinRate();
        Credit?.Moved(count);
        return SendAsync(new ArraySegment<byte>(buffer, 0, count));
    }

    /// <summary>Waits until the peer has acknowledged all that was sent, and looks now and then: no system tells when that happens.</summary>
    /// <returns>False if it did not, or if the platform cannot tell.</returns>
    public async Task<bool> IsAllAcknowledgedAsync()
    {
        if (_outgoing.Count > 0)
            return false;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (!IsClosed && clock.Elapsed < LongestWaitForAcknowledgement)
        {
            if (SocketTuning.UnacknowledgedBytes(Socket) is not { } bytes)
                return false;
            if (bytes == 0)
                return !Socket.Poll(0, SelectMode.SelectError);
            await Task.Delay(1).ConfigureAwait(false);
        }

        return false;
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
        var count = await ReceiveAsync(_received.GetMemory(wantedBytes)).ConfigureAwait(false);
        _received.Advance(count);
        return count;
    }

    /// <summary>Reads the next piece of what was announced.</summary>
    private int ReadPiece(Stream source, ArraySegment<byte> space, long left)
    {
        var room = (int)Math.Min(space.Count, left);
        var count = room <= 0 ? 0 : source.Read(space.Array!, space.Offset, room);
        return count > 0 || room <= 0 ? count : throw Fail(TentacleErrorKind.Changed, $"cannot be given the whole file: it ended {left} bytes before its announced end", inner: null);
    }

    private TentacleException EndedEarly(long left, long length) =>
        Fail(TentacleErrorKind.Disconnected, $"closed the connection with {left} of {length} bytes missing", inner: null);

    private int HandOver(ArraySegment<byte> bytes, Stream destination, Action<int>? received)
    {
        if (bytes.Count == 0)
            return 0;
        destination.Write(bytes.Array!, bytes.Offset, bytes.Count);
        Credit?.Moved(bytes.Count);
        received?.Invoke(bytes.Count);
        return bytes.Count;
    }
}
