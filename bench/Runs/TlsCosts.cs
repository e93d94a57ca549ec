using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Certificates.Issuing;
using PandoraSync.Certificates.Trust;
using PandoraSync.Client;
using PandoraSync.Files;
using PandoraSync.Protocol;
using PandoraSync.TestSupport;
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

    public static Comparison CompareSends(Scale scale)
    {
        const string smallFiles = "4 KB, records as large as can be";
        const string smallRecords = "4 KB, records of 1,024 bytes";
        const string largeFiles = "1.5 MB, records as large as can be";
        const string largeRecords = "1.5 MB, records of 1,024 bytes";
        var (many, few) = (scale.Pick(100, 1500), scale.Pick(5, 100));
        return new Comparison("tls-send", "Send files to our server over TLS, 1 connection", "files",
        [
            new Contender(smallFiles, () => SendAsync(many, 4096, BufferPool.BufferBytes)),
            new Contender(smallRecords, () => SendAsync(many, 4096, TentacleLimits.StockReadBytes)),
            new Contender(largeFiles, () => SendAsync(few, 1_500_000, BufferPool.BufferBytes)),
            new Contender(largeRecords, () => SendAsync(few, 1_500_000, TentacleLimits.StockReadBytes)),
        ])
        {
            Goals = [Goal.Ratio(smallRecords, smallFiles, 0.85), Goal.Ratio(largeRecords, largeFiles, 0.85)],
            Notes = ["A stock relay stalls on larger records, so that every client of ours sends small ones. Each file is on disk before it is confirmed."],
        };
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

    private static async Task<double> SendAsync(int count, int bytes, int recordBytes)
    {
        var made = Make(CertificateKeyAlgorithm.EcdsaP256);
        using var buffer = new OurBuffer([], made.Server);
        var content = AgentData.Noise(1, bytes);
        using var client = await TentacleClient.ConnectAsync(new TentacleClientOptions(buffer.Server.Endpoints[0]) { Tls = made.Client, MaxRecordBytes = recordBytes }, CancellationToken.None);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
            await client.SendAsync($"agent.{i}.data", new MemoryStream(content), bytes, sent: null, CancellationToken.None);
        var seconds = clock.Elapsed.TotalSeconds;
        await client.QuitAsync(CancellationToken.None);
        return count / seconds;
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
