using System;
using System.Collections.Generic;
using System.Threading;
using PandoraSync.Certificates.Trust;
using PandoraSync.Protocol;

namespace PandoraSync.Transport.Tls;

/// <summary>
/// How a client uses TLS: whom it trusts and what it shows. Checked where it is made and not changed afterwards. Make one and use it
/// for every connection to a site: sessions are resumed, and a warning is given once, within one object.
/// </summary>
public sealed record TlsClientOptions
{
    private readonly IReadOnlyList<string> _cipherSuites = [];
    private readonly WarnOnce _warned = new();

    /// <summary>Makes options.</summary>
    /// <param name="trust">Which servers are trusted; <see cref="PeerTrust.AcceptAny"/> only where somebody chose that on purpose.</param>
    public TlsClientOptions(PeerTrust trust) => Trust = trust;

    /// <summary>Which servers are trusted.</summary>
    public PeerTrust Trust { get; }

    /// <summary>What is shown to a server that asks for a certificate; null for none. A stock server without <c>-f</c> refuses one that its system does not know (protocol.md, section 7).</summary>
    public TlsIdentity? Identity { get; init; }

    /// <summary>Whether the certificate must name the host; counts only where <see cref="Trust"/> has an authority.</summary>
    public HostNameCheck HostNameCheck { get; init; } = HostNameCheck.Require;

    /// <summary>The name or address that the certificate must be for; null for the host that is connected to.</summary>
    public string? ExpectedHost { get; init; }

    /// <summary>The oldest version that is spoken; 1.2 by default.</summary>
    public TlsVersion MinimumVersion { get; init; } = TlsVersion.Tls12;

    /// <summary>
    /// Cipher suites to offer, by their OpenSSL or IANA names; empty for the platform's choice. As in OpenSSL, a list without TLS 1.3
    /// suites leaves those of TLS 1.3 as they are.
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

    /// <summary>Told, once for this object, when the name does not match and <see cref="HostNameCheck"/> is <see cref="HostNameCheck.Warn"/>. Called on a worker thread.</summary>
    public Action<string>? Warn { get; init; }

    internal void GiveWarning(string message)
    {
        if (_warned.IsFirst())
            Warn?.Invoke(message);
    }

    private sealed class WarnOnce
    {
        private int _given;

        public bool IsFirst() => Interlocked.Exchange(ref _given, 1) == 0;
    }
}
