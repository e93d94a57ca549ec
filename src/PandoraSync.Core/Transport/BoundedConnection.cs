using System;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Transport;

/// <summary>A connection on which every wait is bounded and every error says who, what and where. After any error it is closed and stays so.</summary>
internal abstract class BoundedConnection : IDisposable
{
    // The peer reads the first records while the next are made.
    private const int MostBytesHeld = 16 * 1024;
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly Stream _stream;
    private readonly StallGuard _guard;
    private readonly Func<bool> _isTaking;
    private MinDataRate? _minRate;
    private bool _isRateBound;
    private Exception? _sendError;
    private int _closed;

    private protected BoundedConnection(Stream stream, QuickAckSocketStream line, string peer, TimeSpan idleTimeout)
    {
        _stream = stream;
        Line = line;
        Peer = peer;
        IdleTimeout = idleTimeout;
        _guard = new StallGuard(() => Close(reset: true));
        var progress = new AckProgress(line.Socket);
        _isTaking = () => !(_minRate?.Left <= TimeSpan.Zero) && progress.IsMoving();
    }

    /// <summary>The other side: <c>host:port</c>.</summary>
    public string Peer { get; }

    /// <summary>How long each read or write may take without any progress.</summary>
    public TimeSpan IdleTimeout { get; set; }

    /// <summary>Bytes a second that the peer must at least give or take during a line or content, beyond one <see cref="IdleTimeout"/>; 0 for no limit.</summary>
    public int MinimumRate { get; set; } = TentacleLimits.DefaultMinimumRate;

    /// <summary>The step under way, for messages; set by whoever speaks.</summary>
    public string Step { get; set; } = "connect";

    /// <summary>The file under way, for messages; null where none is.</summary>
    public string? File { get; set; }

    /// <summary>Most bytes in one TLS record; null where it does not matter.</summary>
    public int? MaxRecordBytes { get; init; }

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

    /// <summary>True if the records of TLS keep apart what is written by itself.</summary>
    private protected bool HasRecords => _stream is TlsStream;

    /// <summary>What lies below TLS; the stream itself where there is none.</summary>
    private protected QuickAckSocketStream Line { get; }

    private protected Socket Socket => Line.Socket;

    /// <summary>Closes the connection when the token fires; operations under way then end in <see cref="OperationCanceledException"/>.</summary>
    /// <param name="cancellationToken">The token.</param>
    /// <returns>Dispose it when the token no longer matters.</returns>
    public IDisposable Watch(CancellationToken cancellationToken) => _guard.Watch(cancellationToken);

    /// <summary>True if the peer has closed the connection or broken the silence in between two commands.</summary>
    public bool LooksDead()
    {
        try
        {
            return IsClosed || Socket.Poll(0, SelectMode.SelectRead);
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

    /// <summary>Receives what comes, at least a byte.</summary>
    /// <returns>Bytes received; 0 if the peer has ended its side.</returns>
    private protected async Task<int> ReceiveAsync(ArraySegment<byte> space)
    {
        try
        {
            BeginWait();
            var count = await _stream.ReadAsync(space.Array!, space.Offset, space.Count, CancellationToken.None).ConfigureAwait(false);
            EndWait(count);

            // A socket that we close under a read may give that read an end, which must not pass for the peer's orderly one.
            if (count == 0 && IsClosed)
                throw new ObjectDisposedException(nameof(BoundedConnection));
            BytesReceived += count;
            return count;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            throw Explain(e, "did not answer");
        }
    }

    /// <summary>Sends bytes.</summary>
    private protected async Task SendAsync(ArraySegment<byte> bytes)
    {
        try
        {
            BeginWait();
            await WriteAsync(bytes).ConfigureAwait(false);
            EndWait(bytes.Count);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            throw Explain(e, "did not take what was sent");
        }
    }

    /// <summary>From now on the peer must keep to <see cref="MinimumRate"/>.</summary>
    private protected void BeginMinRate() => _minRate = new MinDataRate(IdleTimeout, MinimumRate);

    /// <summary>As <see cref="BeginMinRate"/>, unless it has begun.</summary>
    private protected void KeepMinRate() => _minRate ??= new MinDataRate(IdleTimeout, MinimumRate);

    /// <summary>From now on only the idle timeout bounds a wait.</summary>
    private protected void EndMinRate() => _minRate = null;

    /// <summary>Sends bytes beside a read, which bounds the wait. If it fails the connection is broken off, and the read says so.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="isLineByLine">True to put each line into a TLS record of its own.</param>
    private protected async Task SendBesideAsync(ArraySegment<byte> bytes, bool isLineByLine)
    {
        try
        {
            await WriteAsync(bytes, isLineByLine).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            _sendError ??= e;
            Close(reset: true);
        }
    }

    /// <summary>Writes bytes; those of several records leave together.</summary>
    private async Task WriteAsync(ArraySegment<byte> bytes, bool isLineByLine = false)
    {
        if (!isLineByLine && !(bytes.Count > MaxRecordBytes))
            await _stream.WriteAsync(bytes.Array!, bytes.Offset, bytes.Count, CancellationToken.None).ConfigureAwait(false);
        else
            await WriteRecordsAsync(bytes, isLineByLine).ConfigureAwait(false);
        BytesSent += bytes.Count;
    }

    private async Task WriteRecordsAsync(ArraySegment<byte> bytes, bool isLineByLine)
    {
        for (var (at, end) = (bytes.Offset, bytes.Offset + bytes.Count); at < end;)
        {
            Line.Hold();
            for (var enough = Math.Min(end, at + MostBytesHeld); at < enough;)
            {
                var next = isLineByLine ? Array.IndexOf(bytes.Array!, (byte)'\n', at, end - at) + 1 : Math.Min(end, at + MaxRecordBytes!.Value);
                _stream.Write(bytes.Array!, at, next - at);
                at = next;
            }

            await Line.ReleaseAsync().ConfigureAwait(false);
        }
    }

    private void BeginWait()
    {
        _minRate?.Begin();
        var left = _minRate?.Left;
        _isRateBound = left < IdleTimeout;
        if (_isRateBound)
            _guard.Begin(left > ShortestWait ? left.Value : ShortestWait);
        else
            _guard.Begin(IdleTimeout, _isTaking);
    }

    private void EndWait(int bytes)
    {
        _guard.End();
        _minRate?.End(bytes);
    }

    private Exception Explain(Exception cause, string whenSilent)
    {
        if (_guard.Cancelled)
            return new OperationCanceledException($"The conversation with {Peer} was cancelled.", cause);
        if (_guard.TimedOut && _isRateBound)
            return Fail(TentacleErrorKind.Timeout, $"was too slow: {_minRate}", cause);
        if (_guard.TimedOut)
            return Fail(TentacleErrorKind.Timeout, $"{whenSilent} within {IdleTimeout.TotalSeconds:0.###} s", cause);

        // A write that broke beside the read has ended that too.
        cause = _sendError ?? cause;
        var reason = (cause.InnerException ?? cause) is SocketException socketError ? socketError.Message : cause.Message;
        return Fail(TentacleErrorKind.Disconnected, $"broke the connection: {reason.TrimEnd('.')}", cause);
    }

    private void Close(bool reset)
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
            return;
        try
        {
            if (reset)
                Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Already broken, which is what the reset would have said.
        }

        if (reset)
            Socket.Dispose();
        _stream.Dispose();
        Socket.Dispose();
    }
}
