using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Sync;
using PandoraSync.TestSupport;

namespace PandoraSync.Bench;

/// <summary>
/// Small files taken from the double of a stock server over a long line, against what the protocol allows. A stock server takes one command
/// a read (protocol.md, section 1), so on a plain line nothing is sent ahead: a connection waits for each answer. RECV costs one round trip from the
/// command to SIZE and one from OK to the content, and MV as many. On a real line Nagle's algorithm adds to each content: the first
/// piece of 1,024 bytes leaves at once, what then does not fill a segment waits for the acknowledgement, which is one more round trip.
/// Through the relay it does not: the relay's own system acknowledges the pieces, so they never wait for the far end. The bound
/// here is therefore counted through the relay, by a client that acknowledges at once and does nothing but take.
/// </summary>
internal static class StockLineRuns
{
    private const int Connections = 8;
    private const string Plain = "plain client, 1 connection";
    private const string Safe = "default delivery, 8 connections";
    private const string SafeBound = "bound for RECV + MV, 8 connections";
    private const string Fast = "fast delivery, 8 connections";
    private const string FastBound = "bound for MV, 8 connections";

    public static Comparison Compare(Scale scale)
    {
        var (safe, fast) = (scale.Pick(40, 960), scale.Pick(80, 1920));
        return new Comparison("stock-delay", "Take files of 4 KB from a stock server over a line of 50 ms", "files",
        [
            new Contender(Plain, () => StockDrains.PlainAsync(scale.Pick(5, 40), Line.RoundTrip)),
            new Contender(SafeBound, () => BoundAsync(copiesFirst: true, scale.Pick(3, 20))),
            new Contender(Safe, () => Drains.FromStockAsync(safe, SyncDelivery.Safe, Connections, Line.RoundTrip)),
            new Contender(FastBound, () => BoundAsync(copiesFirst: false, scale.Pick(3, 20))),
            new Contender(Fast, () => Drains.FromStockAsync(fast, SyncDelivery.Fast, Connections, Line.RoundTrip)),
        ])
        {
            MostRounds = 3,
            Goals = [Goal.Ratio(Safe, SafeBound, 0.9), Goal.Ratio(Fast, FastBound, 0.9)],
            Notes =
            [
                $"The default delivery takes {safe:#,##0} files, the fast one {fast:#,##0}, some 24 s of work each in a full run, so that connecting and listing count little.",
                "The bound is computed: connections / (round trips a file x 50 ms). The round trips are counted with a client that acknowledges at once and does nothing else: "
                + "two for RECV and two for MV, one from the command to SIZE and one from OK to the content, for a stock server takes one command at a time.",
                "Through the relay the pieces of a content do not wait for the far end, because each hop's own system acknowledges them. On a real line each content costs one more round trip "
                + "(Nagle's algorithm holds the rest of a file back until its first piece is acknowledged), for every client alike.",
            ],
        };
    }

    private static Task<Outcome> BoundAsync(bool copiesFirst, int count) => Task.Run(() =>
    {
        var files = AgentData.MakeMany(count);
        using var server = new StockServer();
        foreach (var file in files)
            server.Put(file);
        using var line = FaultProxy.WithRoundTrip(server.EndPoint, Line.RoundTrip);
        using var client = new IdealClient(line.EndPoint);

        // The first question waits for the relay to connect.
        client.Take("RECV", files[0]);
        var clock = Stopwatch.StartNew();
        foreach (var file in files)
        {
            if (copiesFirst)
                client.Take("RECV", file);
            client.Take("MV", file);
        }

        var perFile = clock.Elapsed.TotalSeconds / count;
        var trips = Math.Floor(perFile / Line.RoundTrip.TotalSeconds);
        return new Outcome(Connections / (trips * Line.RoundTrip.TotalSeconds),
        [
            new Figure("round trips a file", string.Empty, trips),
            new Figure("the counting client's own time a file", "ms", perFile * 1000),
        ]);
    });
}
