using System;
using System.Threading.Tasks;
using PandoraSync.Certificates.Issuing;
using PandoraSync.Certificates.Trust;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Bench;

/// <summary>
/// Small files taken from the double of a stock server over long lines: asked ahead, as every drain does it (protocol.md, section 10), against one
/// command at a time, where each connection waits for each answer.
/// </summary>
internal static class StockLineRuns
{
    private const int Connections = 8;
    private const string Alone = "plain, one at a time, 1 connection, 50 ms";
    private const string AloneMany = "plain, one at a time, 8 connections, 50 ms";
    private const string Plain = "plain, 1 connection, 50 ms";
    private const string PlainMany = "plain, 8 connections, 50 ms";
    private const string Tls = "TLS, 1 connection, 50 ms";
    private const string NearTls = "TLS, 1 connection, loopback";
    private static readonly TimeSpan Far = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Jitter = TimeSpan.FromMilliseconds(10);

    public static Comparison Compare(Scale scale)
    {
        var made = TlsCosts.Make(CertificateKeyAlgorithm.EcdsaP256);
        var tls = (made.Server, Client: made.Client with { HostNameCheck = HostNameCheck.Skip });
        return new Comparison("stock-delay", "Take files of 4 KB from a stock server over long lines", "files",
        [
            new Contender(Alone, () => FarAsync(scale.Pick(10, 60), 1, Line.RoundTrip, asksAhead: false)),
            new Contender(AloneMany, () => FarAsync(scale.Pick(40, 480), Connections, Line.RoundTrip, asksAhead: false)),
            new Contender(Plain, () => FarAsync(scale.Pick(100, 1500), 1, Line.RoundTrip)),
            new Contender(PlainMany, () => FarAsync(scale.Pick(200, 6000), Connections, Line.RoundTrip)),
            new Contender(Tls, () => FarAsync(scale.Pick(500, 6000), 1, Line.RoundTrip, tls: tls)),
            new Contender("TLS, 8 connections, 50 ms", () => FarAsync(scale.Pick(500, 6000), Connections, Line.RoundTrip, tls: tls)),
            new Contender("plain, 8 connections, 50 ms and up to 10 ms of jitter each way", () => FarAsync(scale.Pick(200, 6000), Connections, Line.RoundTrip, Jitter)),
            new Contender("TLS, 1 connection, 50 ms and up to 10 ms of jitter each way", () => FarAsync(scale.Pick(500, 6000), 1, Line.RoundTrip, Jitter, tls)),
            new Contender("plain, 8 connections, 200 ms", () => FarAsync(scale.Pick(100, 3000), Connections, Far)),
            new Contender("TLS, 1 connection, 200 ms", () => FarAsync(scale.Pick(500, 6000), 1, Far, tls: tls)),
            new Contender(NearTls, () => Drains.FromStockAsync(scale.Pick(500, 6000), 1, tls: tls)),
        ])
        {
            MostRounds = 3,
            Goals = [Goal.Ratio(Plain, Alone, 8), Goal.Ratio(PlainMany, AloneMany, 8), Goal.Ratio(Tls, AloneMany, 20), Goal.Ratio(Tls, NearTls, 0.4)],
            Notes =
            [
                $"The lines are {LongLine.Kind}. Where they are the relay there is no jitter, and the pieces of a content do not wait for the far end (Nagle's algorithm), since the relay's own system acknowledges them.",
                "Where they are tun devices the server has a disk of its own, in memory, and it and the line come first where processors are short: on the drain's disk and behind its threads it would be held up by what in the field is on another machine, and commands would meet. Segments that leave at once pass as one packet, as with a network card, and the far end has Linux's own congestion control (cubic), whatever this machine has.",
                "The rows take different numbers of files, so that none takes minutes: one at a time each file costs the same time.",
            ],
        };
    }

    private static async Task<Outcome> FarAsync(int count, int connections, TimeSpan roundTrip, TimeSpan jitter = default, (TlsServerOptions Server, TlsClientOptions Client)? tls = null, bool asksAhead = true)
    {
        using var line = LongLine.Open(roundTrip, jitter);
        return new Outcome(await Drains.FromStockAsync(count, connections, tls, line, asksAhead), []);
    }
}
