using System.Collections.Generic;
using System.Net.Security;

namespace PandoraSync.Transport.Tls;

/// <summary>What the platform's handshake call needs from either side's options.</summary>
internal sealed record TlsSetup
{
    public TlsIdentity? Identity { get; init; }

    /// <summary>For a client: the name it asks for, by which the platform keeps sessions.</summary>
    public string Host { get; init; } = string.Empty;

    /// <summary>For a server: whether it asks for a certificate.</summary>
    public bool AsksForCertificate { get; init; }

    public TlsVersion MinimumVersion { get; init; }

    public IReadOnlyList<string> CipherSuites { get; init; } = [];

    public required RemoteCertificateValidationCallback Check { get; init; }
}
