using System;
using System.IO;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Certificates.Trust;
using PandoraSync.Protocol;

namespace PandoraSync.Transport.Tls;

/// <summary>
/// A connection under TLS whose handshake and checks have passed. It knows whether the peer ended it in an orderly way, and turns a
/// refusal that TLS 1.3 shows only at the first read into an error that says so.
/// </summary>
internal sealed class TlsStream : Stream
{
    // Saying goodbye needs room for 31 bytes in the socket's buffer; a peer that gives none gets no goodbye.
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromMilliseconds(200);

    private readonly SslStream _tls;
    private readonly HandshakeWatch _watch;
    private readonly TlsFailure _failure;
    private bool _hasRead;
    private int _closed;

    internal TlsStream(SslStream tls, HandshakeWatch watch, TlsFailure failure, TrustDecision peer)
    {
        _tls = tls;
        _watch = watch;
        _failure = failure;
        Peer = peer;
    }

    /// <summary>What the peer showed, and that it is trusted.</summary>
    public TrustDecision Peer { get; }

    /// <summary>When the peer's certificate ends, UTC; null if it showed none.</summary>
    public DateTime? PeerCertificateEnd => _tls.RemoteCertificate switch
    {
        null => null,
        X509Certificate2 certificate => certificate.NotAfter.ToUniversalTime(),
        var other => EndOf(other),
    };

    /// <summary>The version that was agreed on.</summary>
    public TlsVersion Version => TlsCalls.IsTls13(_tls) ? TlsVersion.Tls13 : TlsVersion.Tls12;

    /// <summary>True once the peer has ended the conversation with close_notify: it is then certain that nothing was cut off (protocol.md, section 5). Stock servers send none.</summary>
    public bool ReceivedCloseNotify { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Reads.</summary>
    /// <returns>0 at the end; <see cref="ReceivedCloseNotify"/> tells which end it was.</returns>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Trust"/>: the peer has refused our certificate, or asks for one.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        try
        {
            return Note(await _tls.ReadAsync(buffer, offset, count, cancellationToken).ConfigureAwait(false), count);
        }
        catch (IOException e) when (Refusal(e) is { } refusal)
        {
            Dispose();
            throw refusal;
        }
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        try
        {
            return Note(_tls.Read(buffer, offset, count), count);
        }
        catch (IOException e) when (Refusal(e) is { } refusal)
        {
            Dispose();
            throw refusal;
        }
    }

    /// <summary>Writes. If the peer has closed before its first answer, its reason is read and thrown.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Trust"/>: the peer has refused our certificate, or asks for one.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public override async Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        try
        {
            await _tls.WriteAsync(buffer, offset, count, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException) when (!_hasRead && _closed == 0)
        {
            // The alert may still lie in the receive buffer of the broken connection.
            await ReadAsync(new byte[1], 0, 1, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => _tls.Write(buffer, offset, count);

    /// <inheritdoc/>
    public override void Flush() => _tls.Flush();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => _tls.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Closes in an orderly way, with close_notify, unless the socket below is closed already.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _closed, 1) == 0)
        {
            SayGoodbye();
            _tls.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Note(int read, int wanted)
    {
        _hasRead |= read > 0;
        if (read == 0 && wanted > 0)
            ReceivedCloseNotify = !_watch.SawEnd;
        return read;
    }

    private TentacleException? Refusal(IOException error) => _closed == 0 && !_hasRead ? _failure.RefusedAtFirstRead(error) : null;

    private void SayGoodbye()
    {
        try
        {
            TlsCalls.ShutdownAsync(_tls).Wait(GoodbyeTimeout);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The connection is broken, the handshake was refused or a write is under way, and each platform throws something else then;
            // closing is all that is left.
        }
    }

    private static DateTime EndOf(X509Certificate certificate)
    {
        using var copy = new X509Certificate2(certificate);
        return copy.NotAfter.ToUniversalTime();
    }
}
