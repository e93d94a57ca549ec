using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Certificates.Issuing;
using PandoraSync.Certificates.Trust;
using PandoraSync.Client;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Bench;

/// <summary>What TLS costs: drains with and without it, and handshakes by kind of key.</summary>
internal static class TlsCosts
{
    public static Comparison CompareDrains(Scale scale)
    {
        var count = scale.Pick(200, 2000);
        var made = Make(CertificateKeyAlgorithm.EcdsaP256);
        return new Comparison("tls", $"Drain {count:#,##0} files of 4 KB from our server, default delivery, 4 connections", "files",
        [
            new Contender("plain", () => Drains.FromOursAsync(count, 4)),
            new Contender("TLS 1.3", () => Drains.FromOursAsync(count, 4, roundTrip: null, made)),
        ]);
    }

    public static Comparison CompareHandshakes(Scale scale)
    {
        var count = scale.Pick(30, 300);
        var (ecdsa, rsa) = (Make(CertificateKeyAlgorithm.EcdsaP256), Make(CertificateKeyAlgorithm.Rsa2048));
        return new Comparison("handshakes", "Connect, shake hands, ask, quit, one after the other", "sessions",
        [
            new Contender("plain", () => ConnectAsync(count, made: null)),
            new Contender("TLS with an ECDSA P-256 certificate", () => ConnectAsync(count, ecdsa)),
            new Contender("TLS with an RSA 2,048 certificate", () => ConnectAsync(count, rsa)),
        ]);
    }

    /// <summary>TLS for both ends, with a certificate for 127.0.0.1.</summary>
    public static (TlsServerOptions Server, TlsClientOptions Client) Make(CertificateKeyAlgorithm algorithm)
    {
        var authority = CertificateIssuer.CreateAuthority(new CertificateOrder("bench", CertificateRole.Authority) { KeyAlgorithm = algorithm });
        var site = CertificateIssuer.Issue(authority, new CertificateOrder("site", CertificateRole.Server, ["127.0.0.1"]) { KeyAlgorithm = algorithm });
        return (new TlsServerOptions(TlsIdentity.FromIssued(site)), new TlsClientOptions(PeerTrust.Create(authority.ToAuthorities())));
    }

    private static async Task<double> ConnectAsync(int count, (TlsServerOptions Server, TlsClientOptions Client)? made)
    {
        using var buffer = new OurBuffer([], made?.Server);
        var options = new TentacleClientOptions(buffer.Server.Endpoints[0]) { Tls = made?.Client };
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
        {
            using var client = await TentacleClient.ConnectAsync(options, CancellationToken.None);
            await client.ProbeAsync(CancellationToken.None);
            await client.QuitAsync(CancellationToken.None);
        }

        return count / clock.Elapsed.TotalSeconds;
    }
}
