using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PandoraSync.Certificates.Trust;
using PandoraSync.Protocol;

namespace PandoraSync.Transport.Tls;

/// <summary>How a server uses TLS. Checked where it is made and not changed afterwards. Make one and use it for every connection: sessions are resumed within one object.</summary>
internal sealed record TlsServerOptions
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string AnyUse = "2.5.29.37.0";
    private readonly IReadOnlyList<string> _cipherSuites = [];
    private readonly PeerTrust? _clientTrust;

    /// <summary>Makes options (stock's <c>-e</c> and <c>-k</c>).</summary>
    /// <param name="identity">What is shown to clients.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Certificate"/>: its certificate is not for servers, so that every client would refuse it.</exception>
    public TlsServerOptions(TlsIdentity identity)
    {
        var uses = identity.Certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().SelectMany(e => e.EnhancedKeyUsages.Cast<Oid>()).Select(u => u.Value).ToArray();
        if (uses.Length > 0 && !uses.Contains(ServerUse, StringComparer.Ordinal) && !uses.Contains(AnyUse, StringComparer.Ordinal))
            throw new TentacleException(TentacleErrorKind.Certificate, $"The certificate with subject '{identity.Certificate.Subject}' is for clients, not for a server: give one that was made for a server.") { Step = "certificate" };
        Identity = identity;
    }

    /// <summary>What is shown to clients.</summary>
    public TlsIdentity Identity { get; }

    /// <summary>Which clients are trusted (stock's <c>-f</c>): every client must then show such a certificate. Null if none is asked for.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: it would take anything.</exception>
    public PeerTrust? ClientTrust
    {
        get => _clientTrust;
        init => _clientTrust = value is not { TakesAnything: true }
            ? value
            : throw new TentacleException(TentacleErrorKind.Configuration, "A server that asks clients for certificates needs an authority or a fingerprint to check them by.");
    }

    /// <summary>The oldest version that is spoken (stock's <c>-z</c>); 1.2 by default.</summary>
    public TlsVersion MinimumVersion { get; init; } = TlsVersion.Tls12;

    /// <summary>
    /// Cipher suites to accept (stock's <c>-u</c>), by their OpenSSL or IANA names; empty for the platform's choice. As in OpenSSL, a
    /// list without TLS 1.3 suites leaves those of TLS 1.3 as they are.
    /// </summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: a name is unknown, or the platform does not let a program choose.</exception>
    public IReadOnlyList<string> CipherSuites
    {
        get => _cipherSuites;
        init
        {
            TlsCalls.CheckCipherSuites(value);
            _cipherSuites = value;
        }
    }
}
