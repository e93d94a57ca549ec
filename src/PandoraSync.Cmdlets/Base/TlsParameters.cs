using System.Collections.Generic;
using System.Linq;
using System.Security;
using PandoraSync.Certificates.Trust;
using PandoraSync.Protocol;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Cmdlets.Base;

/// <summary>What a cmdlet's parameters say about TLS. Files are read once for each set of values, so that sessions are resumed.</summary>
internal sealed record TlsParameters
{
    public IReadOnlyList<string> CaPath { get; init; } = [];

    public string? CertificatePath { get; init; }

    public string? KeyPath { get; init; }

    public SecureString? Passphrase { get; init; }

    public string? Fingerprint { get; init; }

    public string? CrlPath { get; init; }

    public bool SkipHostNameCheck { get; init; }

    public bool SkipCertificateCheck { get; init; }

    public TlsVersion MinimumVersion { get; init; } = TlsVersion.Tls12;

    public IReadOnlyList<string> CipherSuites { get; init; } = [];

    /// <summary>True if any of them asks for TLS.</summary>
    public bool IsWanted => CaPath.Count > 0 || CertificatePath is not null || KeyPath is not null || Fingerprint is not null || CrlPath is not null || SkipHostNameCheck || SkipCertificateCheck;

    /// <summary>The same values give the same text; secrets are not in it.</summary>
    public string Key => string.Join("\n", [.. CaPath, CertificatePath, KeyPath, Fingerprint, CrlPath, SkipHostNameCheck.ToString(), SkipCertificateCheck.ToString(), MinimumVersion.ToString(), .. CipherSuites]);

    /// <summary>The files that they name.</summary>
    public IEnumerable<string> Files => CaPath.Concat(new[] { CertificatePath, KeyPath, CrlPath }.OfType<string>());

    /// <summary>Makes a client's options.</summary>
    /// <exception cref="TentacleException">A file cannot be used, or nothing says whom to trust.</exception>
    public TlsClientOptions ToClientOptions()
    {
        if (CaPath.Count == 0 && Fingerprint is null && !SkipCertificateCheck)
            throw Wrong("With TLS it must be said whom to trust: give -CaPath or -Fingerprint, or -SkipCertificateCheck to trust whoever answers.");
        if (SkipCertificateCheck && (CaPath.Count > 0 || Fingerprint is not null))
            throw Wrong("-SkipCertificateCheck contradicts -CaPath and -Fingerprint: leave one or the other out.");
        return new TlsClientOptions(SkipCertificateCheck ? PeerTrust.AcceptAny() : MakeTrust())
        {
            Identity = CertificatePath is null ? null : MakeIdentity(),
            HostNameCheck = SkipHostNameCheck || SkipCertificateCheck ? HostNameCheck.Skip : HostNameCheck.Require,
            MinimumVersion = MinimumVersion,
            CipherSuites = CipherSuites,
        };
    }

    /// <summary>Makes a server's options.</summary>
    /// <exception cref="TentacleException">A file cannot be used, or there is no certificate.</exception>
    public TlsServerOptions ToServerOptions() => new(MakeIdentity())
    {
        ClientTrust = CaPath.Count > 0 || Fingerprint is not null ? MakeTrust() : null,
        MinimumVersion = MinimumVersion,
        CipherSuites = CipherSuites,
    };

    /// <summary>Whom to trust.</summary>
    /// <exception cref="TentacleException">A file cannot be used, or nothing says whom.</exception>
    public PeerTrust MakeTrust() => PeerTrust.Create(
        CaPath.Count > 0 ? TrustedAuthorities.FromFiles(CaPath) : null,
        Fingerprint is null ? null : CertificatePin.Parse(Fingerprint),
        CrlPath is null ? null : RevocationList.FromFile(CrlPath));

    private TlsIdentity MakeIdentity() => CertificatePath is null
        ? throw Wrong("A key or an authority is given without a certificate: add -CertificatePath.")
        : TlsIdentity.FromFiles(CertificatePath, KeyPath, Passphrase);

    private static TentacleException Wrong(string message) => new(TentacleErrorKind.Configuration, message);
}
