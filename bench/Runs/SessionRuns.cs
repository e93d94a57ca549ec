using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Certificates.Issuing;
using PandoraSync.Client;
using PandoraSync.Protocol;
using PandoraSync.TestSupport;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Bench;

/// <summary>Sessions as agents have them: connect, send one file, quit.</summary>
internal static class SessionRuns
{
    private const string Plain = "our server, plain, 16 side by side";
    private const string Tls = "our server, TLS, 16 side by side";
    private const double StockPlain = 57;
    private const double StockTls = 11;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public static Comparison Compare(Scale scale)
    {
        var (few, many) = (scale.Pick(50, 500), scale.Pick(200, 4000));
        var made = TlsCosts.Make(CertificateKeyAlgorithm.EcdsaP256);
        return new Comparison("sessions", "Connect, send one file of 4 KB, quit", "sessions",
        [
            new Contender("double of a stock server, plain, one after the other", () => ToStockAsync(scale.Pick(20, 60), 1)),
            new Contender("double of a stock server, plain, 16 side by side", () => ToStockAsync(scale.Pick(100, 500), 16)),
            new Contender("bare SslStream server, TLS, 16 side by side", () => ToBareTlsAsync(many, 16, made)),
            new Contender("our server, plain, one after the other", () => ToOursAsync(few, 1, tls: null)),
            new Contender(Plain, () => ToOursAsync(many, 16, tls: null)),
            new Contender("our server, TLS, one after the other", () => ToOursAsync(few, 1, made)),
            new Contender(Tls, () => ToOursAsync(many, 16, made)),
        ])
        {
            Goals = [Goal.Over(Plain, StockPlain, "the stock server's plain sessions", 20), Goal.Over(Tls, StockTls, "the stock server's TLS sessions", 40)],
            Notes = ["The client is ours in all rows; TLS sessions are resumed where the server lets them. Our server has each file on disk before it confirms, the double and the bare server have not. 57 plain and 11 TLS sessions a second are what the stock server itself reached with its own client; the double shows the protocol's cost alone."],
        };
    }

    private static async Task<double> ToStockAsync(int count, int parallel)
    {
        using var server = new StockServer(new StockServerOptions { MaxConnections = 100 });
        var files = AgentData.MakeMany(count);
        var rate = await RunAsync(files, parallel, new TentacleClientOptions(new TentacleEndpoint("127.0.0.1", server.Port)));
        AgentFiles.Check(server.Folder, files);
        return rate;
    }

    private static async Task<double> ToBareTlsAsync(int count, int parallel, (TlsServerOptions Server, TlsClientOptions Client) tls)
    {
        var files = AgentData.MakeMany(count);
        using var server = new BareTlsServer(tls.Server.Identity.Certificate);
        var rate = await RunAsync(files, parallel, new TentacleClientOptions(new TentacleEndpoint("127.0.0.1", server.Port)) { Tls = tls.Client });
        AgentFiles.Check(server.Path, files);
        return rate;
    }

    private static async Task<double> ToOursAsync(int count, int parallel, (TlsServerOptions Server, TlsClientOptions Client)? tls)
    {
        var files = AgentData.MakeMany(count);
        using var buffer = new OurBuffer([], tls?.Server);
        var rate = await RunAsync(files, parallel, new TentacleClientOptions(buffer.Server.Endpoints[0]) { Tls = tls?.Client });
        AgentFiles.Check(buffer.Path, files);
        return rate;
    }

    private static async Task<double> RunAsync(AgentData[] files, int parallel, TentacleClientOptions options)
    {
        using var patience = new CancellationTokenSource(Limit);
        var next = -1;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, parallel).Select(_ => Task.Run(
            async () =>
            {
                for (int n; (n = Interlocked.Increment(ref next)) < files.Length;)
                    await SendOneAsync(files[n], options, patience.Token);
            },
            patience.Token)));
        return files.Length / clock.Elapsed.TotalSeconds;
    }

    private static async Task SendOneAsync(AgentData file, TentacleClientOptions options, CancellationToken stop)
    {
        using var client = await TentacleClient.ConnectAsync(options, stop);
        await client.SendAsync(file.Name, new MemoryStream(file.Content), file.Content.Length, sent: null, stop);
        await client.QuitAsync(stop);
    }
}
