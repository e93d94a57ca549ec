using System;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using PandoraSync.Certificates.Issuing;
using PandoraSync.Certificates.Trust;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;
using Xunit;

namespace PandoraSync.Tests.Sync;

public sealed class EmptySiteTests : IDisposable
{
    private readonly SyncTarget _target = new();

    public void Dispose() => _target.Dispose();

    [Fact]
    public async Task A_site_with_nothing_in_it_is_listed_and_left_over_one_connection()
    {
        using var site = new StockServer(new StockServerOptions());
        Assert.True((await _target.DrainAsync(site.Port)).Succeeded);
        await Eventually.BecomesTrue(() => site.Commands.Contains("QUIT", StringComparer.Ordinal), "the site reads that the drain leaves");
        Assert.Equal(1, site.ConnectionsServed);
        Assert.Equal(["LS <>", "QUIT"], site.Commands.Where(c => !c.StartsWith("LS OK", StringComparison.Ordinal) && !c.StartsWith("SEND", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_site_at_an_address_is_called_again_with_its_TLS_session_of_before()
    {
        var authority = CertificateIssuer.CreateAuthority(new CertificateOrder("empty", CertificateRole.Authority));
        var identity = TlsIdentity.FromIssued(CertificateIssuer.Issue(authority, new CertificateOrder("site", CertificateRole.Server, ["127.0.0.1"])));
        var trust = PeerTrust.Create(authority.ToAuthorities());
        using var site = new OurServer(o => o with { Tls = new TlsServerOptions(identity) { ClientTrust = trust } });
        using var line = new TlsCounter(new IPEndPoint(IPAddress.Loopback, site.Port));
        var main = TlsIdentity.FromIssued(CertificateIssuer.Issue(authority, new CertificateOrder("main", CertificateRole.Client)));
        for (var round = 1; round <= 3; round++)
        {
            var result = await _target.DrainAsync(SiteBehind(line, new TlsClientOptions(trust) { Identity = main }));
            Assert.True(result.Succeeded, result.ToString());
            Assert.Equal(identity.Certificate.NotAfter.ToUniversalTime(), result.CertificateEnd);
            Assert.Equal((round, round - 1), (line.Connections, line.Resumed));
        }

        // Whatever session there is, each caller decides by itself whom it trusts.
        var stranger = PeerTrust.Create(CertificateIssuer.CreateAuthority(new CertificateOrder("other", CertificateRole.Authority)).ToAuthorities());
        Assert.Equal(TentacleErrorKind.Trust, (await _target.DrainAsync(SiteBehind(line, new TlsClientOptions(stranger) { Identity = main }))).Error?.Kind);
    }

    private static SyncSite SiteBehind(TlsCounter line, TlsClientOptions tls) =>
        new(new TentacleClientOptions(new TentacleEndpoint("127.0.0.1", line.Port)) { Tls = tls, Timeout = TimeSpan.FromSeconds(10), RetryCount = 0 });
}
