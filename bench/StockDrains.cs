using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.TestSupport;
using PandoraSync.Transport;

namespace PandoraSync.Bench;

/// <summary>Small files taken from the double of a stock server over loopback.</summary>
internal static class StockDrains
{
    public static Comparison Compare(int files, int plainFiles) => new($"Take {files} files of 4 KB from a stock server", "files",
    [
        new Contender("plain client, 1 connection", () => PlainAsync(plainFiles)),
        new Contender("default delivery (nothing lost, flushed), 1 connection", () => DrainAsync(files, SyncDelivery.Safe, 1)),
        new Contender("default delivery, 4 connections", () => DrainAsync(files, SyncDelivery.Safe, 4)),
        new Contender("fast delivery (flushed), 1 connection", () => DrainAsync(files, SyncDelivery.Fast, 1)),
    ]);

    private static Task<double> PlainAsync(int count) => Task.Run(() =>
    {
        var files = AgentData.MakeMany(count);
        using var server = Fill(files);
        using var client = new PlainClient(server.EndPoint);
        var clock = Stopwatch.StartNew();
        foreach (var file in files)
        {
            if (client.Mv(file.Name) is not { } content || !content.AsSpan().SequenceEqual(file.Content))
                throw new InvalidOperationException($"The plain client did not get {file.Name}.");
        }

        return count / clock.Elapsed.TotalSeconds;
    });

    private static async Task<double> DrainAsync(int count, SyncDelivery delivery, int connections)
    {
        using var server = Fill(AgentData.MakeMany(count));
        using var incoming = new TempFolder();
        var site = new SyncSite(new TentacleClientOptions(new TentacleEndpoint("127.0.0.1", server.Port)));
        var options = new SyncOptions(incoming.Path) { Delivery = delivery, Connections = connections };
        var clock = Stopwatch.StartNew();
        var result = (await SyncServer.DrainAsync([site], options, completed: null, CancellationToken.None)).Single();
        var seconds = clock.Elapsed.TotalSeconds;
        if (result.Files != count || incoming.FileNames().Length != count)
            throw new InvalidOperationException($"The drain is not complete: {result}");
        return count / seconds;
    }

    private static StockServer Fill(AgentData[] files)
    {
        var server = new StockServer();
        foreach (var file in files)
            server.Put(file);
        return server;
    }
}
