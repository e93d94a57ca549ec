using PandoraSync.Certificates.Issuing;
using PandoraSync.Certificates.Trust;
using PandoraSync.Sync;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Bench;

/// <summary>
/// Small files taken from the double of a stock server over TLS, where it is asked ahead (protocol.md, section 10), against plain lines, where
/// each command waits for the answer to the one before.
/// </summary>
internal static class StockTlsRuns
{
    private const int Connections = 8;
    private const string Near = "TLS, asked ahead, 1 connection, loopback";
    private const string Far = "TLS, asked ahead, 1 connection, 50 ms";
    private const string NearAlone = "plain, one at a time, 1 connection, loopback";
    private const string FarAlone = "plain, one at a time, 8 connections, 50 ms";

    public static Comparison Compare(Scale scale)
    {
        var (many, few) = (scale.Pick(1500, 6000), scale.Pick(80, 480));
        var tls = Issue();
        return new Comparison("stock-tls", $"Take {many:#,##0} files of 4 KB from a stock server over TLS", "files",
        [
            new Contender(FarAlone, () => Drains.FromStockAsync(few, SyncDelivery.Safe, Connections, Line.RoundTrip)),
            new Contender(Far, () => Drains.FromStockAsync(many, SyncDelivery.Safe, 1, Line.RoundTrip, tls)),
            new Contender(NearAlone, () => Drains.FromStockAsync(many, SyncDelivery.Safe, 1)),
            new Contender(Near, () => Drains.FromStockAsync(many, SyncDelivery.Safe, 1, tls: tls)),
            new Contender("TLS, asked ahead, 4 connections, loopback", () => Drains.FromStockAsync(many, SyncDelivery.Safe, 4, tls: tls)),
        ])
        {
            MostRounds = 3,
            Goals = [Goal.Ratio(Far, Near, 0.4), Goal.Ratio(Far, FarAlone, 20)],
            Notes = [$"The line of 50 ms is the relay; one at a time over it takes {few:#,##0} files, since each costs it the same time."],
        };
    }

    private static (TlsServerOptions Server, TlsClientOptions Client) Issue()
    {
        var authority = CertificateIssuer.CreateAuthority(new CertificateOrder("bench", CertificateRole.Authority));
        var site = CertificateIssuer.Issue(authority, new CertificateOrder("site", CertificateRole.Server, ["127.0.0.1"]));
        return (new TlsServerOptions(TlsIdentity.FromIssued(site)), new TlsClientOptions(PeerTrust.Create(authority.ToAuthorities())));
    }
}
