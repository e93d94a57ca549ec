using System;
using PandoraSync.Sync;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;

namespace PandoraSync.Tests.Sync;

/// <summary>What the tests share that drain a stock server over TLS, asked far ahead of its answers (protocol.md, section 10).</summary>
public abstract class AheadDrainTest
{
    protected static readonly TimeSpan LongWait = TimeSpan.FromSeconds(20);
    private const int PlacesForThoseThatHang = 100;
    private static readonly TimeSpan ServerPatience = TimeSpan.FromMilliseconds(500);

    private protected static SyncSite Site(int port, TimeSpan? timeout = null)
    {
        var plain = SyncTarget.Site(port, timeout);
        return new SyncSite(plain.Client with { Tls = TestCertificates.Client });
    }

    protected static StockServer With(AgentData[] files, bool tls = true)
    {
        var server = new StockServer(new StockServerOptions { Certificate = tls ? TestCertificates.Site.Certificate : null, Timeout = ServerPatience, MaxConnections = PlacesForThoseThatHang });
        foreach (var file in files)
            server.Put(file);
        return server;
    }
}
