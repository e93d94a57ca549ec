using System;
using System.IO;
using System.Linq;
using System.Security.Authentication;
using System.Security.Cryptography;
using PandoraSync.Certificates;
using PandoraSync.Certificates.Trust;
using PandoraSync.Protocol;

namespace PandoraSync.Transport.Tls;

/// <summary>Says why TLS with a peer failed, and what to do about it. One for each connection.</summary>
internal sealed class TlsFailure(string peer, bool isClient, TlsIdentity? identity, HandshakeWatch watch)
{
    private const string Step = "TLS handshake";

    private static readonly string[] TentacleWords = ["SEND", "RECV", "ZSEND", "ZRECV", "LS", "MV", "PASS", "QUIT"];

    /// <summary>The step of an error by a client that connected and left again without a byte.</summary>
    public const string OnlyConnected = "connect";

    /// <summary>What the trust check said; null if it was not reached.</summary>
    public TrustDecision? Decision { get; set; }

    public TentacleException TimedOut(TimeSpan timeout, Exception? inner)
    {
        if (watch.ReceivedBytes == 0)
            return Error(TentacleErrorKind.Timeout, isClient
                ? ($"{peer} did not answer the TLS handshake within {timeout.TotalSeconds:0.###} s: it may not use TLS on this port, or serve as many connections as it can", "connect without TLS, or see that it has free connections (-c)")
                : ($"{peer} connected but did not begin the TLS handshake within {timeout.TotalSeconds:0.###} s: it may not use TLS", "give it TLS options"), inner);
        return Error(TentacleErrorKind.Timeout, ($"{peer} stopped in the middle of the TLS handshake for {timeout.TotalSeconds:0.###} s", "check the network between and what listens there"), inner);
    }

    public TentacleException Explain(Exception cause)
    {
        if (Decision is { IsTrusted: false } refusal)
            return Error(TentacleErrorKind.Trust, (refusal.Problem(peer), refusal.Advice), new PeerNotTrustedException(refusal, peer));
        if (!isClient && watch.ReceivedBytes == 0 && (watch.SawEnd || IsBrokenConnection(cause)))
            return new TentacleException(TentacleErrorKind.Disconnected, $"{Ended().Problem}.", cause) { Peer = peer, Step = OnlyConnected };
        if (!watch.LooksLikeTls)
            return Error(TentacleErrorKind.Protocol, NotTls(), cause);
        if ((watch.Alert ?? TlsAlert.Find(cause)) is { } alert)
            return Refused(alert, cause);
        if (watch.SawEnd || IsBrokenConnection(cause))
            return Error(TentacleErrorKind.Disconnected, Ended(), cause);
        if (cause is NotSupportedException or CryptographicException or PlatformNotSupportedException)
            return Error(TentacleErrorKind.Certificate, ($"TLS with {peer} cannot be set up on this system: {Innermost(cause)}", "use another certificate and key"), cause);
        return Error(TentacleErrorKind.Trust, ($"TLS with {peer} could not be agreed on: {Innermost(cause)}", "check the minimum version and cipher suites of both sides"), cause);
    }

    /// <summary>In TLS 1.3 the client is done before the server has looked at its certificate, so a refusal comes where the first answer should.</summary>
    public TentacleException? RefusedAtFirstRead(Exception cause) => TlsAlert.Find(cause) is { } alert ? Refused(alert, cause) : null;

    public TentacleException TooOld() =>
        Error(TentacleErrorKind.Trust, ($"{peer} speaks only a TLS version older than the minimum that is set", "update it or lower the minimum version"), inner: null);

    private TentacleException Refused(int alert, Exception cause)
    {
        var name = TlsAlert.Name(alert);
        return Error(TentacleErrorKind.Trust, isClient ? RefusedByServer(alert, name) : RefusedByClient(alert, name), cause);
    }

    private (string Problem, string Advice) RefusedByServer(int alert, string name)
    {
        if (identity is null && alert is TlsAlert.CertificateRequired or TlsAlert.HandshakeFailure)
            return ($"{peer} refused the connection (TLS alert {name}): it wants a client certificate", "give -CertificatePath and -KeyPath: a certificate of an authority that the server trusts");
        if (alert == TlsAlert.CertificateRequired)
            return ($"{peer} refused the connection (TLS alert {name}): it did not take the client certificate", "show one of an authority that the server trusts");
        if (TlsAlert.IsAboutCertificate(alert) && identity is not null)
            return ($"{peer} refused the client certificate with subject '{identity.Certificate.Subject}' (TLS alert {name})", "if it is a stock server without -f, which knows only its system's authorities, leave the client certificate out or start it with -f; otherwise show one of the authority that it was started with");
        return Agreement(alert, name);
    }

    private (string Problem, string Advice) RefusedByClient(int alert, string name) => TlsAlert.IsAboutCertificate(alert)
        ? ($"{peer} refused this server's certificate with subject '{identity?.Certificate.Subject}' (TLS alert {name})", "give the client the authority that issued it; a stock client with -f also wants the server's IP address among its names")
        : Agreement(alert, name);

    private (string Problem, string Advice) Agreement(int alert, string name) => alert is TlsAlert.ProtocolVersion or TlsAlert.HandshakeFailure or TlsAlert.InsufficientSecurity
        ? ($"{peer} could not agree on TLS (alert {name})", "check the minimum version, the cipher suites and the key types of both sides")
        : ($"{peer} broke off TLS (alert {name})", "see its log for the reason");

    private (string Problem, string Advice) NotTls()
    {
        var word = watch.FirstWord;
        if (!isClient && TentacleWords.Contains(word, StringComparer.Ordinal))
            return ($"{peer} speaks Tentacle without TLS (it began with '{word}')", "give the client its TLS options (-c, or -e and -k)");
        return ($"{peer} does not speak TLS{(word.Length > 0 ? $": it began with '{word}'" : string.Empty)}", isClient ? "check the port, or connect without TLS" : "only Tentacle clients with TLS may connect here");
    }

    private (string Problem, string Advice) Ended() => watch.ReceivedBytes == 0
        ? isClient
            ? ($"{peer} closed the connection instead of answering the TLS handshake: it may not use TLS on this port", "connect without TLS, or check the port")
            : ($"{peer} closed the connection without beginning the TLS handshake", "look at what called")
        : ($"{peer} closed the connection in the middle of the TLS handshake", "see its log for the reason");

    private static bool IsBrokenConnection(Exception cause) =>
        cause is IOException or ObjectDisposedException or System.Net.Sockets.SocketException && cause.InnerException is not AuthenticationException;

    private static string Innermost(Exception error)
    {
        while (error.InnerException is { } inner)
            error = inner;
        return CertificateText.Bounded(error.Message.TrimEnd('.'));
    }

    private TentacleException Error(TentacleErrorKind kind, (string Problem, string Advice) what, Exception? inner) =>
        new TentacleException(kind, $"{what.Problem}; {what.Advice} (step: {Step}).", inner) { Peer = peer, Step = Step }
            .Part($"{what.Problem} (step: {Step}).", $"{char.ToUpperInvariant(what.Advice[0])}{what.Advice.Substring(1)}.");
}
