using System;
using PandoraSync.Certificates.Issuing;
using PandoraSync.Certificates.Trust;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Tests.Fixtures;

/// <summary>A server at 127.0.0.1 and a client that trusts it, issued once for all tests that need no others.</summary>
internal static class TestCertificates
{
    private static readonly Lazy<(TlsIdentity Site, TlsClientOptions Client)> Issued = new(Issue);

    /// <summary>What the server shows.</summary>
    public static TlsIdentity Site => Issued.Value.Site;

    /// <summary>How a client reaches it.</summary>
    public static TlsClientOptions Client => Issued.Value.Client;

    private static (TlsIdentity Site, TlsClientOptions Client) Issue()
    {
        var authority = CertificateIssuer.CreateAuthority(new CertificateOrder("tests", CertificateRole.Authority));
        var site = CertificateIssuer.Issue(authority, new CertificateOrder("site", CertificateRole.Server, ["127.0.0.1"]));
        return (TlsIdentity.FromIssued(site), new TlsClientOptions(PeerTrust.Create(authority.ToAuthorities())));
    }
}
