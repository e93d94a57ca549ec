using System;
using System.IO;
using System.Linq;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Certificates.Issuing;
using PandoraSync.Certificates.Trust;
using PandoraSync.Protocol;

namespace PandoraSync.Transport.Tls;

/// <summary>Puts a connection under TLS, from its first byte (protocol.md, section 7). The checks are done when these methods return: no byte of Tentacle leaves before.</summary>
internal static class TlsHandshake
{
    /// <summary>Does the handshake as client.</summary>
    /// <param name="stream">The connection; closed if this fails.</param>
    /// <param name="options">Whom to trust and what to show.</param>
    /// <param name="endpoint">The server; its host is the name that the certificate must be for.</param>
    /// <param name="timeout">How long the whole handshake may take.</param>
    /// <param name="cancellationToken">Closes the connection and ends the attempt at once.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Trust"/>, <see cref="TentacleErrorKind.Protocol"/> (not TLS),
    /// <see cref="TentacleErrorKind.Timeout"/>, <see cref="TentacleErrorKind.Disconnected"/> or <see cref="TentacleErrorKind.Certificate"/>.</exception>
    public static Task<TlsStream> AuthenticateAsClientAsync(Stream stream, TlsClientOptions options, TentacleEndpoint endpoint, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var watch = new HandshakeWatch(stream);
        var over = new CancellationTokenSource();
        var peer = endpoint.ToString();
        var failure = new TlsFailure(peer, isClient: true, options.Identity, watch);
        var host = options.ExpectedHost ?? endpoint.Host;
        var setup = new TlsSetup
        {
            Identity = options.Identity,
            Host = SessionName.Of(host, endpoint.Port),
            MinimumVersion = options.MinimumVersion,
            CipherSuites = options.CipherSuites,
            Check = (_, certificate, chain, _) => (failure.Decision = Decide(options, certificate, chain, host, peer, over.Token)).IsTrusted,
        };
        return RunAsync(watch, setup, failure, TlsCalls.AuthenticateAsClientAsync, timeout, over, cancellationToken);
    }

    /// <summary>Does the handshake as server.</summary>
    /// <param name="stream">The connection; closed if this fails.</param>
    /// <param name="options">What to show and which clients to trust.</param>
    /// <param name="peer">The client for messages: <c>address:port</c>.</param>
    /// <param name="timeout">How long the whole handshake may take; silent clients hold a slot no longer than this.</param>
    /// <param name="cancellationToken">Closes the connection and ends the attempt at once.</param>
    /// <exception cref="TentacleException">As for a client.</exception>
    public static Task<TlsStream> AuthenticateAsServerAsync(Stream stream, TlsServerOptions options, string peer, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var watch = new HandshakeWatch(stream);
        var over = new CancellationTokenSource();
        var failure = new TlsFailure(peer, isClient: false, options.Identity, watch);
        var trust = options.ClientTrust ?? PeerTrust.AcceptAny();
        var setup = new TlsSetup
        {
            Identity = options.Identity,
            AsksForCertificate = options.ClientTrust is not null,
            MinimumVersion = options.MinimumVersion,
            CipherSuites = options.CipherSuites,
            Check = (_, certificate, chain, _) => (failure.Decision = trust.Decide(certificate, SentAlong(chain), CertificateRole.Client, host: null, DateTime.UtcNow, over.Token)).IsTrusted,
        };
        return RunAsync(watch, setup, failure, TlsCalls.AuthenticateAsServerAsync, timeout, over, cancellationToken);
    }

    private static TrustDecision Decide(TlsClientOptions options, X509Certificate? certificate, X509Chain? chain, string host, string peer, CancellationToken over)
    {
        var checkedHost = options.HostNameCheck == HostNameCheck.Skip ? null : host;
        var others = SentAlong(chain);
        var decision = options.Trust.Decide(certificate, others, CertificateRole.Server, checkedHost, DateTime.UtcNow, over);
        if (decision.Reason != TrustRefusalReason.WrongName || options.HostNameCheck != HostNameCheck.Warn)
            return decision;

        // The name is the last rule that is looked at, so all others have passed.
        options.GiveWarning($"{peer}: {decision.Explanation} (presented: {decision.Presented}); the connection is used, since its authority is trusted.");
        return TrustDecision.Trusted(decision.Presented);
    }

    /// <summary>What the peer sent besides its certificate: the platform puts it where its own chain building would look.</summary>
    private static X509Certificate2[] SentAlong(X509Chain? chain) => chain is null
        ? []
        : chain.ChainPolicy.ExtraStore.Cast<X509Certificate2>().Concat(chain.ChainElements.Cast<X509ChainElement>().Select(e => e.Certificate)).ToArray();

    private static async Task<TlsStream> RunAsync(HandshakeWatch watch, TlsSetup setup, TlsFailure failure, Func<SslStream, TlsSetup, Task> authenticate, TimeSpan timeout, CancellationTokenSource over, CancellationToken cancellationToken)
    {
        // Closing the connection ends the waits, and the token what is being computed. It is not disposed: a time-out may still be on its way here.
        using var guard = new StallGuard(() =>
        {
            over.Cancel();
            watch.Dispose();
        });
        using var registration = guard.Watch(cancellationToken);
        SslStream? tls = null;
        try
        {
            tls = TlsCalls.Wrap(watch, setup);
            guard.Begin(timeout);
            await authenticate(tls, setup).ConfigureAwait(false);
            if (!guard.TryRelease())
                throw new ObjectDisposedException(nameof(SslStream));
            if (!TlsCalls.IsRecentEnough(tls, setup.MinimumVersion))
                throw failure.TooOld();
            watch.IsDone = true;
            return new TlsStream(tls, watch, failure, failure.Decision ?? TrustDecision.Trusted(string.Empty));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            guard.End();
            tls?.Dispose();
            watch.Dispose();
            if (guard.TimedOut)
                throw failure.TimedOut(timeout, e);
            if (guard.Cancelled || e is OperationCanceledException)
                throw new OperationCanceledException("The TLS handshake was cancelled.", e, cancellationToken);
            throw e as TentacleException ?? failure.Explain(e);
        }
    }
}
