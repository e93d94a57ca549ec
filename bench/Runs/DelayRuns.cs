using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.TestSupport;

namespace PandoraSync.Bench;

/// <summary>The same drain over a long line and over none.</summary>
internal static class DelayRuns
{
    private const string Near = "loopback, 1 connection";
    private const string Far = "round trip of 50 ms, 1 connection";
    private const string Relay = "the relay itself";

    public static Comparison Compare(Scale scale)
    {
        var count = scale.Pick(40, 2000);
        return new Comparison("delay", $"Drain {count:#,##0} files of 4 KB from our server over a line of 50 ms", "files",
        [
            new Contender(Near, () => Drains.FromOursAsync(count, 1)),
            new Contender(Far, () => Drains.FromOursAsync(count, 1, Line.RoundTrip)),
            new Contender(Relay, () => RelayAsync(scale.Pick(20, 200))),
        ])
        {
            Goals = [Goal.Ratio(Far, Near, 0.5)],
            Notes = ["The line is a relay in the same process that holds each byte for 25 ms in either direction. Its own row says how many files of 4 KB a second it would pass on if nobody asked for them, and the round trip that it really makes: it must not be what is measured."],
        };
    }

    /// <summary>What the relay passes on, and its round trip.</summary>
    private static async Task<Outcome> RelayAsync(int megabytes)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var line = FaultProxy.WithRoundTrip((IPEndPoint)listener.LocalEndpoint, Line.RoundTrip);
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(line.EndPoint);
        using var server = await listener.AcceptTcpClientAsync();
        server.NoDelay = true;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var piece = new byte[64 * 1024];
        var trips = new List<double>();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 5; i++)
        {
            var from = clock.Elapsed;
            await client.GetStream().WriteAsync(piece.AsMemory(0, 1), patience.Token);
            await server.GetStream().ReadExactlyAsync(piece.AsMemory(0, 1), patience.Token);
            await server.GetStream().WriteAsync(piece.AsMemory(0, 1), patience.Token);
            await client.GetStream().ReadExactlyAsync(piece.AsMemory(0, 1), patience.Token);
            trips.Add((clock.Elapsed - from).TotalMilliseconds);
        }

        clock.Restart();
        var sending = Task.Run(
            async () =>
            {
                for (var i = 0; i < megabytes * 16; i++)
                    await server.GetStream().WriteAsync(piece, patience.Token);
            },
            patience.Token);
        var received = new byte[64 * 1024];
        for (var i = 0; i < megabytes * 16; i++)
            await client.GetStream().ReadExactlyAsync(received, patience.Token);
        await sending;
        var round = new Measurement(Relay, string.Empty, "ms", trips);
        return new Outcome(megabytes * 256 / clock.Elapsed.TotalSeconds, [new Figure("round trip", "ms", round.Median)]);
    }
}
