using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Certificates.Issuing;
using PandoraSync.Certificates.Trust;
using PandoraSync.Protocol;
using PandoraSync.RemoteConfiguration;
using PandoraSync.Server;
using PandoraSync.Server.Storage;
using PandoraSync.Sync;
using PandoraSync.TestSupport;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Bench;

/// <summary>Configurations of a site looked at over a long line, of which a few have changed on each side.</summary>
internal static class ConfigurationRuns
{
    private const int Changed = 10;
    private const string Filters = @".*\.conf:conf;.*\.md5:md5;.*\.zip:collections;.*\.rcmd:commands";
    private const string Ours = "our server";
    private const string StockTls = "stock server, TLS, asked ahead";
    private const string Stock = "stock server, plain, 8 connections";

    public static Comparison Compare(Scale scale)
    {
        var (many, few) = (scale.Pick(100, 10_000), scale.Pick(100, 400));
        var authority = CertificateIssuer.CreateAuthority(new CertificateOrder("bench", CertificateRole.Authority));
        var identity = TlsIdentity.FromIssued(CertificateIssuer.Issue(authority, new CertificateOrder("site", CertificateRole.Server, ["127.0.0.1"])));
        var tls = new TlsClientOptions(PeerTrust.Create(authority.ToAuthorities()));
        return new Comparison("configuration", $"Look at the configurations of {many:#,##0} agents over a line of 50 ms, and carry {Changed} that have changed", "agents",
        [
            new Contender(Stock, () => RunAsync(few, folder => StartStock(folder, identity: null), tls: null)),
            new Contender(Ours, () => RunAsync(many, StartOurs, tls: null)),
            new Contender(StockTls, () => RunAsync(many, folder => StartStock(folder, identity), tls)),
        ])
        {
            MostRounds = 3,
            Goals = [Goal.Ratio(Ours, Stock, 10), Goal.Ratio(StockTls, Stock, 10)],
            Notes = [$"Half of the changes are on the main side. Over a plain line to a stock server only {few:#,##0} agents are looked at, since each costs two round trips. Configurations have 10 KB."],
        };
    }

    private static (IDisposable Server, IPEndPoint EndPoint) StartOurs(string folder)
    {
        var server = TentacleServer.Start(new TentacleServerOptions(folder) { Addresses = ["127.0.0.1"], Port = 0, AllowListing = true, Overwrite = true, Filters = FolderFilters.Parse(Filters) });
        return (server, new IPEndPoint(IPAddress.Loopback, server.Endpoints[0].Port));
    }

    private static (IDisposable Server, IPEndPoint EndPoint) StartStock(string folder, TlsIdentity? identity)
    {
        var server = new StockServer(new StockServerOptions { Folder = folder, Overwrite = true, Filters = Filters, Certificate = identity?.Certificate });
        return (server, server.EndPoint);
    }

    private static async Task<Outcome> RunAsync(int agents, Func<string, (IDisposable Server, IPEndPoint EndPoint)> start, TlsClientOptions? tls)
    {
        using var main = new TempFolder();
        using var site = new TempFolder();
        foreach (var side in new[] { main, site })
        {
            foreach (var folder in new[] { "conf", "md5", "collections", "commands" })
                side.MakeFolder(folder);
        }

        for (var i = 0; i < agents; i++)
        {
            Save(main, i, version: 1);
            Save(site, i, version: 1);
        }

        var (server, endPoint) = start(site.Path);
        using var running = server;
        using var line = FaultProxy.WithRoundTrip(endPoint, Line.RoundTrip);
        var options = new RemoteConfigurationOptions(main.Path);
        var target = new SyncSite(new TentacleClientOptions(new TentacleEndpoint("127.0.0.1", line.Port)) { Tls = tls });
        await CarryAsync(target, options);
        for (var i = 0; i < Changed; i++)
            Save(i % 2 == 0 ? main : site, i * (agents / Changed), version: 2);
        var clock = Stopwatch.StartNew();
        var result = await CarryAsync(target, options);
        var seconds = clock.Elapsed.TotalSeconds;
        if (result.Copied != Changed || result.Unchanged != agents - Changed)
            throw new BenchFailedException($"{result.Copied} were carried and {result.Unchanged} unchanged.");
        return new Outcome(agents / seconds, [new Figure("all", "s", seconds), new Figure("sent", "KB", result.BytesSent / 1024.0), new Figure("received", "KB", result.BytesReceived / 1024.0)]);
    }

    private static async Task<ConfigurationResult> CarryAsync(SyncSite site, RemoteConfigurationOptions options)
    {
        var result = (await RemoteConfigurationRunner.RunAsync([site], options, CancellationToken.None)).Single();
        return result.Error is null ? result : throw new BenchFailedException(result.Error.Message);
    }

    private static void Save(TempFolder side, int agent, int version)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"agent{agent}");
        var text = Encoding.UTF8.GetBytes($"agent_name {name}\n# version {version}\n{new string('x', 10_000)}\n");
        var file = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(name)));
        File.WriteAllBytes(side[$"conf/{file}.conf"], text);
        File.WriteAllText(side[$"md5/{file}.md5"], Convert.ToHexStringLower(MD5.HashData(text)));
    }
}
