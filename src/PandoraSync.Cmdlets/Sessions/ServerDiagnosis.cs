using System;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Certificates.Trust;
using PandoraSync.Client;
using PandoraSync.Protocol;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Cmdlets.Sessions;

/// <summary>
/// Looks closer at a server that was connected to and gave no proper answer. A stock server says nothing of the reason, so what it does when it is
/// called in another way has to tell.
/// </summary>
internal static class ServerDiagnosis
{
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(3);

    /// <summary>The error with its cause where that was found, else as it was.</summary>
    public static async Task<TentacleException> LookCloserAsync(TentacleClientOptions options, TentacleException error, CancellationToken cancellationToken)
    {
        if (error.Kind is not (TentacleErrorKind.AuthenticationFailed or TentacleErrorKind.Disconnected or TentacleErrorKind.Protocol or TentacleErrorKind.Timeout))
            return error;
        var look = options with { Password = null, Timeout = options.Timeout < LongestLook ? options.Timeout : LongestLook };
        if (options.Tls is null && await SpeaksTlsAsync(look, cancellationToken).ConfigureAwait(false))
            return Found(error, TentacleErrorKind.Protocol, "speaks TLS, and was called without", "Give -CaPath with the authority of its certificate, or -Fingerprint; -SkipCertificateCheck shows what it presents.");
        if (options.Tls is not null && await SpeaksPlainAsync(look with { Tls = null }, cancellationToken).ConfigureAwait(false))
            return Found(error, TentacleErrorKind.Protocol, "speaks Tentacle without TLS, and was called with", "Leave the TLS parameters out, or start the server with a certificate and key (-CertificatePath and -KeyPath; -e and -k of a stock server).");
        return error.Kind switch
        {
            TentacleErrorKind.AuthenticationFailed when options.Tls is null && options.Password is null =>
                Found(error, error.Kind, "closed the connection without an answer, and does not speak TLS: it wants a password", "Give it with -Credential; the user name does not matter."),
            TentacleErrorKind.Timeout when options.Tls is null =>
                Found(error, error.Kind, $"accepts connections and answers none of them within {options.Timeout.TotalSeconds:0.###} s: all that it serves at once may be taken, or it is no Tentacle server", "Check its port; let it serve more connections (-MaxConnections; -c of a stock server), or wait longer (-TimeoutSec)."),
            _ => error,
        };
    }

    private static async Task<bool> SpeaksTlsAsync(TentacleClientOptions options, CancellationToken cancellationToken)
    {
        try
        {
            var tls = new TlsClientOptions(PeerTrust.AcceptAny()) { HostNameCheck = HostNameCheck.Skip };
            using var channel = await TentacleConnector.ConnectAsync(options with { Tls = tls }, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TentacleException e)
        {
            // An alert is a word of TLS too.
            return e.Kind == TentacleErrorKind.Trust;
        }
    }

    private static async Task<bool> SpeaksPlainAsync(TentacleClientOptions options, CancellationToken cancellationToken)
    {
        try
        {
            using var client = await TentacleClient.ConnectAsync(options, cancellationToken).ConfigureAwait(false);
            await client.ProbeAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TentacleException)
        {
            return false;
        }
    }

    private static TentacleException Found(TentacleException error, TentacleErrorKind kind, string what, string advice) =>
        new TentacleException(kind, $"{error.Peer} {what}.", error) { Peer = error.Peer, Step = error.Step }.Advise(advice);
}
