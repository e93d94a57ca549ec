using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Certificates;
using PandoraSync.Client;
using PandoraSync.Protocol;
using PandoraSync.Server;
using PandoraSync.Sync;
using PandoraSync.TestSupport;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Bench;

/// <summary>What TLS costs: drains with and without it, and handshakes by kind of key.</summary>
internal static class TlsCosts
{
    public static Comparison CompareDrains(int files)
    {
        var made = Make(CertificateKeyAlgorithm.EcdsaP256);
        return new Comparison($"Drain {files} files of 4 KB from our server (default delivery, 4 connections)", "files",
        [
            new Contender("plain", () => DrainAsync(files, made: null)),
            new Contender("TLS 1.3", () => DrainAsync(files, made)),
        ]);
    }

    public static Comparison CompareHandshakes(int count) => new("Connect, shake hands, ask, quit, one after the other", "sessions",
    [
        new Contender("plain", () => ConnectAsync(count, made: null)),
        new Contender("TLS with an ECDSA P-256 certificate", () => ConnectAsync(count, Make(CertificateKeyAlgorithm.EcdsaP256))),
        new Contender("TLS with an RSA 2,048 certificate", () => ConnectAsync(count, Make(CertificateKeyAlgorithm.Rsa2048))),
    ]);

    private static (TlsServerOptions Server, TlsClientOptions Client) Make(CertificateKeyAlgorithm algorithm)
    {
        var authority = CertificateIssuer.CreateAuthority(new CertificateOrder("bench", CertificateRole.Authority) { KeyAlgorithm = algorithm });
        var site = CertificateIssuer.Issue(authority, new CertificateOrder("site", CertificateRole.Server, ["127.0.0.1"]) { KeyAlgorithm = algorithm });
        return (new TlsServerOptions(site.ToIdentity()), new TlsClientOptions(PeerTrust.Create(authority.ToAuthorities())));
    }

    private static async Task<double> DrainAsync(int count, (TlsServerOptions Server, TlsClientOptions Client)? made)
    {
        using var buffer = new TempFolder();
        using var incoming = new TempFolder();
        foreach (var file in AgentData.MakeMany(count))
            await File.WriteAllBytesAsync(buffer[file.Name], file.Content);
        using var server = Start(buffer, made?.Server);
        var site = new SyncSite(new TentacleClientOptions(server.Endpoints[0]) { Tls = made?.Client });
        var clock = Stopwatch.StartNew();
        var result = (await SyncServer.DrainAsync([site], new SyncOptions(incoming.Path), completed: null, CancellationToken.None)).Single();
        var seconds = clock.Elapsed.TotalSeconds;
        return result.Files == count ? count / seconds : throw new InvalidOperationException($"The drain is not complete: {result}");
    }

    private static async Task<double> ConnectAsync(int count, (TlsServerOptions Server, TlsClientOptions Client)? made)
    {
        using var buffer = new TempFolder();
        using var server = Start(buffer, made?.Server);
        var options = new TentacleClientOptions(server.Endpoints[0]) { Tls = made?.Client };
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
        {
            using var client = await TentacleClient.ConnectAsync(options, CancellationToken.None);
            await client.ProbeAsync(CancellationToken.None);
            await client.QuitAsync(CancellationToken.None);
        }

        return count / clock.Elapsed.TotalSeconds;
    }

    private static TentacleServer Start(TempFolder buffer, TlsServerOptions? tls) =>
        TentacleServer.Start(new TentacleServerOptions(buffer.Path) { Addresses = ["127.0.0.1"], Port = 0, AllowListing = true, MaxConnections = 100, Tls = tls });
}
