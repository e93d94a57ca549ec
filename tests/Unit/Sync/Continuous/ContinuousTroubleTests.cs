using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Tasks;
using PandoraSync.Certificates.Issuing;
using PandoraSync.Certificates.Trust;
using PandoraSync.Protocol;
using PandoraSync.Server;
using PandoraSync.Sync;
using PandoraSync.Sync.Continuous;
using PandoraSync.Sync.Journal;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;
using Xunit;

namespace PandoraSync.Tests.Sync.Continuous;

/// <summary>What happens to a run in years: each is told in one sentence, the status has it, nothing is lost, and it goes on.</summary>
public sealed class ContinuousTroubleTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(400)]
    [InlineData(-400)]
    public async Task A_clock_that_is_set_anew_skips_no_round_and_the_status_goes_by_the_new_time(int days)
    {
        using var site = new OurServer();
        using var target = new SyncTarget();
        var clock = new FastClock(600);
        await using var service = new SyncService(new SyncPlan([SyncTarget.Site(site.Port)], target.Options() with { Journal = new JournalLimits() }), clock, Minute);
        await Eventually.BecomesTrue(() => service.TimesOf(site.Port).Length > 1, "the first rounds");
        clock.SetBy(TimeSpan.FromDays(days));
        var (set, before) = (clock.UtcNow, service.TimesOf(site.Port).Length);
        site.Put(AgentData.Make(1));
        await Eventually.BecomesTrue(() => target.Incoming.Has(AgentData.Make(1).Name) && service.TimesOf(site.Port).Length > before + 3, "rounds go on and the file arrives");
        await Eventually.BecomesTrue(() => Status(target.Incoming.Path) is { FailuresInARow: 0, Files: 1 } s && s.LastRun >= set && s.LastRun < set + TimeSpan.FromDays(1), "the status has the new time");
        await service.StopAsync();
        var pauses = service.TimesOf(site.Port).Zip(service.TimesOf(site.Port).Skip(1), (a, b) => b - a);
        Assert.All(pauses, p => Assert.True(p < 10 * Minute, p.ToString()));
        Assert.DoesNotContain(service.Log, l => l.Level is SyncLogLevel.Error or SyncLogLevel.Warning);
    }

    [Fact]
    public async Task A_site_that_answers_after_a_week_is_drained_within_a_quarter_of_an_hour()
    {
        using var target = new SyncTarget();
        var port = FreePort();
        var clock = new FastClock(400_000);
        await using var service = new SyncService(new SyncPlan([SyncTarget.Site(port, retries: 0)], target.Options() with { Journal = new JournalLimits() }), clock, Minute);
        await Eventually.BecomesTrue(() => clock.Elapsed > TimeSpan.FromDays(7) && service.Results.Count > 10, "a week without an answer", TimeSpan.FromSeconds(60));
        await Eventually.BecomesTrue(() => Status(target.Incoming.Path) is { LastSuccess: null, FailuresInARow: > 10 } s && s.OldestFileAge(clock.UtcNow) > TimeSpan.FromDays(6), "the status says since when");
        using var site = new OurServer(o => o with { Port = port });
        site.Put(AgentData.Make(1));
        await Eventually.BecomesTrue(() => target.Incoming.Has(AgentData.Make(1).Name), "its file arrives");
        await Eventually.BecomesTrue(() => Status(target.Incoming.Path) is { FailuresInARow: 0, Error: null, Files: 1 }, "the status is well");
        await service.StopAsync();
        Assert.Single(service.Log, l => l.Level == SyncLogLevel.Error);
        Assert.Matches($@"^127\.0\.0\.1:{port} answers again, after \d+ failures in \d+ days\.$", Assert.Single(service.Log, l => l.Text.Contains("answers again", StringComparison.Ordinal)).Text);
    }

    [Fact]
    public async Task A_certificate_that_ends_in_the_night_is_told_once_and_its_renewal_too()
    {
        var authority = CertificateIssuer.CreateAuthority(new CertificateOrder("night", CertificateRole.Authority));
        using var files = new TempFolder();
        using var target = new SyncTarget();
        var end = DateTime.UtcNow.AddSeconds(8);
        using var buffer = new TempFolder();
        var old = Serve(buffer, 0, EndingSoon(authority, files, end));
        var port = old.Endpoints[0].Port;
        var site = new SyncSite(new TentacleClientOptions(new TentacleEndpoint("127.0.0.1", port)) { Tls = new TlsClientOptions(PeerTrust.Create(authority.ToAuthorities())), RetryCount = 0 });
        await using var service = new SyncService(new SyncPlan([site], target.Options() with { Journal = new JournalLimits() }), new FastClock(600), Minute);
        await Eventually.BecomesTrue(() => Status(target.Incoming.Path) is { FailuresInARow: 0, Error: null, CertificateEnd: not null } s && Math.Abs((s.CertificateEnd.Value - end).TotalSeconds) < 1, "the status has its end");
        await Eventually.BecomesTrue(() => Status(target.Incoming.Path) is { FailuresInARow: > 1, Error.Kind: TentacleErrorKind.Trust }, "the status says that it failed");
        await File.WriteAllBytesAsync(buffer[AgentData.Make(1).Name], AgentData.Make(1).Content, TestContext.Current.CancellationToken);
        Assert.Contains("expired at", Assert.Single(service.Log, l => l.Level == SyncLogLevel.Error).Text, StringComparison.Ordinal);

        await old.StopAsync();
        old.Dispose();
        using var renewed = Serve(buffer, port, TlsIdentity.FromIssued(CertificateIssuer.Issue(authority, new CertificateOrder("site", CertificateRole.Server, ["127.0.0.1"]))));
        await Eventually.BecomesTrue(() => target.Incoming.Has(AgentData.Make(1).Name), "the file arrives");
        await Eventually.BecomesTrue(() => Status(target.Incoming.Path) is { FailuresInARow: 0, Error: null } s && s.CertificateEnd > DateTime.UtcNow.AddDays(100), "the status has the new end");
        await Eventually.BecomesTrue(() => service.Log.Any(l => l.Level == SyncLogLevel.Information && l.Text.Contains("answers again", StringComparison.Ordinal)), "its return is told");
    }

    [Fact]
    public async Task A_disk_that_is_full_to_the_last_byte_is_told_once_and_files_journal_and_status_go_on_when_there_is_room()
    {
        using var disk = new SmallDisk(megabytes: 40);
        using var site = new OurServer();
        var incoming = disk.Folder.MakeFolder("in");
        await using var service = new SyncService(new SyncPlan([SyncTarget.Site(site.Port, retries: 0)], new SyncOptions(incoming) { Journal = new JournalLimits() }), new FastClock(600), Minute);
        await Eventually.BecomesTrue(() => Status(incoming) is { FailuresInARow: 0 }, "the first round");
        FillUp(disk["filler"]);
        site.Put(AgentData.Make(1));
        await Eventually.BecomesTrue(() => service.Log.Any(l => l.Error?.Kind == TentacleErrorKind.DiskFull) && service.Log.Any(l => l.Text.StartsWith("The journal cannot be written, which keeps no site from being drained", StringComparison.Ordinal)), "both are told");
        var before = service.Results.Count;
        await Eventually.BecomesTrue(() => service.Results.Count > before + 5, "rounds go on");
        Assert.Equal([AgentData.Make(1).Name], site.Buffer.FileNames());
        Assert.Equal(2, service.Log.Count(l => l.Level == SyncLogLevel.Error));

        File.Delete(disk["filler"]);
        await Eventually.BecomesTrue(() => File.Exists(Path.Combine(incoming, AgentData.Make(1).Name)) && Status(incoming) is { FailuresInARow: 0, Error: null, Files: 1 }, "the file arrives and the status says so");
        await service.StopAsync();
        Assert.Equal(1, JournalReader.Read(incoming, r => r.Files > 0).Single().Files);
    }

    private static SiteStatus? Status(string incoming) => JournalReader.ReadStatuses(incoming).SingleOrDefault();

    private static TentacleServer Serve(TempFolder buffer, int port, TlsIdentity identity) =>
        TentacleServer.Start(new TentacleServerOptions(buffer.Path) { Addresses = ["127.0.0.1"], Port = port, AllowListing = true, Tls = new TlsServerOptions(identity) });

    /// <summary>Orders are for days; this one is for seconds.</summary>
    private static TlsIdentity EndingSoon(IssuedCertificate authority, TempFolder files, DateTime end)
    {
        using var signer = ECDsa.Create();
        signer.ImportFromPem(authority.ToKeyPem(null));
        using var issuer = X509Certificate2.CreateFromPem(authority.ToAuthorityPem());
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=site", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(signer), DateTimeOffset.UtcNow.AddDays(-1), new DateTimeOffset(end), [1, 2, 3, 4]);
        return TlsIdentity.FromFiles(files.Write("site.pem", certificate.ExportCertificatePem()), files.Write("site.key", key.ExportPkcs8PrivateKeyPem()));
    }

    private static void FillUp(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1);
        var block = new byte[64 * 1024];
        for (var size = block.Length; size > 0;)
        {
            try
            {
                file.Write(block, 0, size);
            }
            catch (IOException)
            {
                size /= 2;
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
