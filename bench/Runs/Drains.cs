using System;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.TestSupport;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Bench;

/// <summary>Drains of files of 4 KB, in this process.</summary>
internal static class Drains
{
    // In the field it is not the drain's, whose flushes and deletions would hold up the server too.
    private const int FarDiskMegabytes = 256;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Drains a server of ours.</summary>
    /// <param name="count">Files.</param>
    /// <param name="connections">Connections.</param>
    /// <param name="roundTrip">The line's round-trip time; null for none.</param>
    /// <param name="tls">Both ends' TLS; null for plain connections.</param>
    /// <returns>Files a second.</returns>
    public static async Task<double> FromOursAsync(int count, int connections, TimeSpan? roundTrip = null, (TlsServerOptions Server, TlsClientOptions Client)? tls = null)
    {
        var files = AgentData.MakeMany(count);
        using var buffer = new OurBuffer(files, tls?.Server);
        using var line = roundTrip is { } time ? FaultProxy.WithRoundTrip(buffer.EndPoint, time) : null;
        var rate = await RunAsync(files, line?.EndPoint ?? buffer.EndPoint, connections, tls?.Client);
        AgentFiles.CheckGone(buffer.Path);
        return rate;
    }

    /// <summary>Drains the double of a stock server.</summary>
    /// <param name="count">Files.</param>
    /// <param name="connections">Connections.</param>
    /// <param name="tls">Both ends' TLS; null for plain connections.</param>
    /// <param name="line">The line to it; null for loopback.</param>
    /// <param name="asksAhead">False to ask for one file at a time.</param>
    /// <returns>Files a second.</returns>
    public static async Task<double> FromStockAsync(int count, int connections, (TlsServerOptions Server, TlsClientOptions Client)? tls = null, LongLine? line = null, bool asksAhead = true)
    {
        var files = AgentData.MakeMany(count);
        using var farDisk = TunLine.CanOpen ? new SmallDisk(FarDiskMegabytes) : null;
        var options = new StockServerOptions { MaxConnections = 100, Certificate = tls?.Server.Identity.Certificate, Address = line?.Address ?? IPAddress.Loopback, Folder = farDisk?.Path, Prepare = line is null ? null : line.Prepare };
        using var server = line is null ? new StockServer(options) : line.MakeThere(() => new StockServer(options));
        foreach (var file in files)
            server.Put(file);
        var rate = await RunAsync(files, line?.To(server.EndPoint) ?? server.EndPoint, connections, tls?.Client, asksAhead);
        AgentFiles.CheckGone(server.Folder);
        return rate;
    }

    private static async Task<double> RunAsync(AgentData[] files, IPEndPoint server, int connections, TlsClientOptions? tls, bool asksAhead = true)
    {
        using var incoming = new TempFolder();
        using var patience = new CancellationTokenSource(Limit);
        var site = new SyncSite(new TentacleClientOptions(new TentacleEndpoint(server.Address.ToString(), server.Port)) { Tls = tls });
        var options = new SyncOptions(incoming.Path) { Connections = connections, AsksAhead = asksAhead };
        var clock = Stopwatch.StartNew();
        var result = (await SyncRunner.DrainAsync([site], options, completed: null, patience.Token)).Single();
        var seconds = clock.Elapsed.TotalSeconds;
        if (!result.Succeeded || result.Files != files.Length)
            throw new BenchFailedException($"The drain is not complete: {result}", result.Error);
        AgentFiles.Check(incoming.Path, files);
        return files.Length / seconds;
    }
}
