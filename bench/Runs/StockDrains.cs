using System;
using System.Diagnostics;
using System.Threading.Tasks;
using PandoraSync.Certificates.Issuing;
using PandoraSync.TestSupport;

namespace PandoraSync.Bench;

/// <summary>Small files taken from the double of a stock server over loopback.</summary>
internal static class StockDrains
{
    private const string Plain = "plain client, 1 connection";
    private const string One = "drain, 1 connection";
    private const string OneTls = "drain over TLS, 1 connection";
    private const string AloneTls = "drain over TLS, one at a time, 1 connection";

    public static Comparison Compare(Scale scale)
    {
        var count = scale.Pick(200, 2000);
        var tls = TlsCosts.Make(CertificateKeyAlgorithm.EcdsaP256);
        return new Comparison("stock", $"Take {count:#,##0} files of 4 KB from a stock server", "files",
        [
            new Contender(Plain, () => PlainAsync(scale.Pick(20, 60), roundTrip: null)),
            new Contender(One, () => Drains.FromStockAsync(count, 1)),
            new Contender("drain, 4 connections", () => Drains.FromStockAsync(count, 4)),
            new Contender(AloneTls, () => Drains.FromStockAsync(count, 1, tls, asksAhead: false)),
            new Contender(OneTls, () => Drains.FromStockAsync(count, 1, tls)),
            new Contender("drain over TLS, 4 connections", () => Drains.FromStockAsync(count, 4, tls)),
        ])
        {
            Goals = [Goal.Ratio(One, Plain, 50), Goal.Ratio(OneTls, AloneTls, 2)],
            Notes = ["The plain client takes files with MV, reads as an ordinary program does and keeps them in memory; a drain flushes each file to disk. The server has a disk of its own, in memory, where the system allows it. The plain client takes fewer files, since each costs it the same time."],
        };
    }

    /// <summary>The ordinary client; it only takes.</summary>
    public static Task<double> PlainAsync(int count, TimeSpan? roundTrip) => Task.Run(() =>
    {
        var files = AgentData.MakeMany(count);
        using var server = new StockServer();
        foreach (var file in files)
            server.Put(file);
        using var line = roundTrip is { } time ? FaultProxy.WithRoundTrip(server.EndPoint, time) : null;
        using var client = new PlainClient(line?.EndPoint ?? server.EndPoint);
        var clock = Stopwatch.StartNew();
        foreach (var file in files)
        {
            if (client.Mv(file.Name) is not { } content || !content.AsSpan().SequenceEqual(file.Content))
                throw new BenchFailedException($"The plain client did not get {file.Name}.");
        }

        var seconds = clock.Elapsed.TotalSeconds;
        client.Quit();
        return count / seconds;
    });
}
