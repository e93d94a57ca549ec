using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Certificates.Issuing;
using PandoraSync.Certificates.Trust;
using PandoraSync.Configuration;
using PandoraSync.Server;
using PandoraSync.Sync;
using PandoraSync.Sync.Continuous;
using PandoraSync.Sync.Journal;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using PandoraSync.Transport.Tls;
using Xunit;

namespace PandoraSync.Tests.Sync.Continuous;

/// <summary>
/// A continuous run by a real configuration file over sites with TLS, in time that runs fast: sites die and return, the configuration is edited, also
/// wrongly, certificates of both ends are renewed, files come. After each step the status of every site has to become what is so.
/// </summary>
internal sealed class Week : IAsyncDisposable
{
    private const int ClosedPort = 1;
    private readonly TempFolder _home = new();
    private readonly IssuedCertificate _authority = CertificateIssuer.CreateAuthority(new CertificateOrder("week", CertificateRole.Authority));
    private readonly CancellationTokenSource _stop = new();
    private readonly Random _dice;
    private readonly FastClock _clock;
    private readonly Site[] _sites;
    private readonly HashSet<string> _made = new(StringComparer.Ordinal);
    private readonly Task _run;
    private int _number;
    private int _certificates;
    private IssuedCertificate _shown = null!;

    public Week(int seed, int sites, double speed, TimeSpan interval)
    {
        (_dice, _clock) = (new Random(seed), new FastClock(speed));
        _clock.SetBy(DateTime.UtcNow - _clock.UtcNow);
        _home.MakeFolder("in");
        _sites = [.. Enumerable.Range(0, sites).Select(i => new Site(_home.MakeFolder($"site{i}"), CertificateOf(i), _authority.ToAuthorities()))];
        File.WriteAllText(_home["ca.pem"], _authority.ToAuthorityPem());
        RenewCertificate();
        WriteConfiguration(_sites);
        var plan = new ConfiguredPlan(_home["pandora_server.conf"], o => o with { Journal = Limits }, _ => { });
        var sync = new ContinuousSync(plan, new ContinuousOptions { Interval = interval, Clock = _clock, Log = entry =>
        {
            if (entry.Level != SyncLogLevel.Verbose)
                Log.Enqueue(entry);
        } });
        _run = Task.Run(() => sync.RunAsync(_stop.Token));
    }

    public static JournalLimits Limits { get; } = new() { MaxBytes = 512 * 1024 };

    public ConcurrentQueue<SyncLogEntry> Log { get; } = new();

    public TimeSpan Elapsed => _clock.Elapsed;

    public string Incoming => _home["in"];

    public int Made => _made.Count;

    public List<string> Story { get; } = [];

    /// <summary>Does one thing that happens to people, and waits until the status tells it.</summary>
    /// <param name="pause">Time by the week's clock before it.</param>
    public async Task StepAsync(TimeSpan pause)
    {
        await _clock.DelayAsync(pause, _stop.Token);
        await Eventually.BecomesTrue(() => !Log.IsEmpty, "the run has begun");
        foreach (var site in _sites.Where(_ => _dice.Next(2) == 0))
            _made.Add(site.Put(AgentData.Make(_number++, 1024 + _dice.Next(2048))));
        var one = _sites[_dice.Next(_sites.Length)];
        switch (_dice.Next(7))
        {
            case 0 when one.IsAlive:
                Story.Add($"{one.Name} dies");
                await one.DieAsync();
                break;
            case 1:
                Story.Add("all return");
                ReturnAll();
                break;
            case 2:
                var tellings = Log.Count(l => l.Level == SyncLogLevel.Error && l.Text.Contains("cannot be used", StringComparison.Ordinal));
                File.AppendAllText(_home["pandora_server.conf"], "sync_port many\n");
                await Eventually.BecomesTrue(() => Log.Count(l => l.Level == SyncLogLevel.Error && l.Text.Contains("cannot be used", StringComparison.Ordinal)) > tellings, "the mistake is told", TimeSpan.FromSeconds(60));
                await ReadAnewAsync("a mistake and its end", () => WriteConfiguration(_sites));
                break;
            case 3:
                await ReadAnewAsync("a site less", () => WriteConfiguration(_sites.Where(s => s != one)));
                await ReadAnewAsync("a site more", () => WriteConfiguration(_sites));
                break;
            case 4:
                await ReadAnewAsync("the caller's certificate is renewed", RenewCertificate);
                break;
            case 5 when one.IsAlive:
                Story.Add($"{one.Name} shows a new certificate");
                await one.DieAsync();
                one.Return(CertificateOf(Array.IndexOf(_sites, one)));
                break;
            default:
                Story.Add("only files");
                break;
        }

        await StatusIsTrueAsync();
    }

    /// <summary>Has all sites return, and waits until all that was made has arrived.</summary>
    public async Task EndAsync()
    {
        ReturnAll();
        await StatusIsTrueAsync();
        await _stop.CancelAsync();
        await Eventually.Ends(_run, "the run", TimeSpan.FromSeconds(60));
    }

    /// <summary>What has arrived, and that it is what was made.</summary>
    public void HasLostNothing()
    {
        Assert.Equal(_made.Order(StringComparer.Ordinal), Arrived().Order(StringComparer.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAny(_run, Task.Delay(10_000));
        foreach (var site in _sites)
            await site.DieAsync();
        _stop.Dispose();
        _home.Dispose();
    }

    private List<string> Arrived() => [.. Directory.EnumerateFiles(Incoming).Select(f => Path.GetFileName(f))];

    /// <summary>Waits until the status tells of every site what is so: that it answers, all that was there has come and when its certificate ends, or that it fails.</summary>
    private async Task StatusIsTrueAsync()
    {
        var untrue = string.Empty;
        try
        {
            await Eventually.BecomesTrue(() => (untrue = string.Join("; ", Untrue())).Length == 0, "the status is true", TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException)
        {
            Assert.Fail($"Day {Elapsed.TotalDays:0.00}, after {string.Join("; ", Story.TakeLast(5))}: the status is not true of {untrue}");
        }
    }

    private IEnumerable<string> Untrue()
    {
        var statuses = JournalReader.ReadStatuses(Incoming).ToDictionary(s => s.Site, StringComparer.Ordinal);
        foreach (var site in _sites)
        {
            if (!statuses.TryGetValue(site.Name, out var status) || !IsTrue(site, status))
                yield return $"{site.Name}, which {(site.IsAlive ? "lives" : "is dead")}, empty {site.IsEmpty}, {site.Files} files by now: {status?.ToLine() ?? "none"}";
        }
    }

    private bool IsTrue(Site site, SiteStatus status) => site.IsAlive
        ? status is { FailuresInARow: 0, Error: null, Skipped: 0 } && site.IsEmpty && status.Files == site.Files && status.Bytes == site.Bytes && status.CertificateEnd == (site.CertificateEnd < _shown.NotAfter ? site.CertificateEnd : _shown.NotAfter)
        : status is { FailuresInARow: > 0, Error: not null } && status.Files <= site.Files && (site.IsEmpty || status.OldestFileAge(_clock.UtcNow) > TimeSpan.Zero);

    private void ReturnAll()
    {
        foreach (var dead in _sites.Where(s => !s.IsAlive))
            dead.Return();
    }

    /// <summary>A certificate for a site; each that is issued ends on another day.</summary>
    private IssuedCertificate CertificateOf(int site) => CertificateIssuer.Issue(_authority, new CertificateOrder($"site{site}", CertificateRole.Server, ["127.0.0.1"]) { Days = NextDays() });

    private int NextDays() => 30 + (_certificates++ * 7 % 300);

    private async Task ReadAnewAsync(string what, Action change)
    {
        Story.Add(what);
        var told = Log.Count(IsReadAnew);
        change();
        await Eventually.BecomesTrue(() => Log.Count(IsReadAnew) > told, $"the files are read anew: {what}; {string.Join("; ", Story.TakeLast(5))}", TimeSpan.FromSeconds(60));

        static bool IsReadAnew(SyncLogEntry entry) => entry.Text.StartsWith("Read anew", StringComparison.Ordinal);
    }

    private void RenewCertificate()
    {
        _shown = CertificateIssuer.Issue(_authority, new CertificateOrder("main", CertificateRole.Client) { Days = NextDays() });
        File.WriteAllText(_home["main.pem"], _shown.ToCertificatePem() + _shown.ToKeyPem(null));
    }

    private void WriteConfiguration(IEnumerable<Site> sites)
    {
        // In one step, as editors do it that are used for such files.
        File.WriteAllText(_home["fresh"], string.Create(CultureInfo.InvariantCulture, $"syncserver 1\nsync_address {string.Join(',', sites.Select(s => s.Name).Append($"127.0.0.1:{ClosedPort}"))}\nsync_ca {_home["ca.pem"]}\nsync_cert {_home["main.pem"]}\nsync_key {_home["main.pem"]}\nsync_retries 1\nsync_timeout 5\nincomingdir {Incoming}\n# {_number} {Guid.NewGuid():N}\n"));
        File.Move(_home["fresh"], _home["pandora_server.conf"], overwrite: true);
    }

    /// <summary>A site whose buffer outlives its server.</summary>
    private sealed class Site
    {
        private readonly TempFolderView _buffer;
        private readonly TrustedAuthorities _clients;
        private IssuedCertificate _certificate;
        private TentacleServer? _server;
        private int _port;

        public Site(string folder, IssuedCertificate certificate, TrustedAuthorities clients)
        {
            (_buffer, _certificate, _clients) = (new TempFolderView(folder), certificate, clients);
            Return();
        }

        public string Name => $"127.0.0.1:{_port}";

        public bool IsAlive => _server is not null;

        public bool IsEmpty => _buffer.IsEmpty;

        public DateTime CertificateEnd => _certificate.NotAfter;

        public long Files { get; private set; }

        public long Bytes { get; private set; }

        public string Put(AgentData file)
        {
            (Files, Bytes) = (Files + 1, Bytes + file.Content.Length);
            return _buffer.Put(file);
        }

        public void Return(IssuedCertificate? certificate = null)
        {
            _certificate = certificate ?? _certificate;
            _server = TentacleServer.Start(new TentacleServerOptions(_buffer.Path) { Addresses = ["127.0.0.1"], Port = _port, AllowListing = true, Tls = new TlsServerOptions(TlsIdentity.FromIssued(_certificate)) { ClientTrust = PeerTrust.Create(_clients) } });
            _port = _server.Endpoints[0].Port;
        }

        public async Task DieAsync()
        {
            if (_server is { } server)
                await server.StopAsync();
            _server?.Dispose();
            _server = null;
        }
    }

    /// <summary>A buffer: files appear in it whole.</summary>
    private sealed record TempFolderView(string Path)
    {
        public bool IsEmpty => !Directory.EnumerateFiles(Path).Any();

        public string Put(AgentData file)
        {
            var hidden = $"{Path}/../{file.Name}";
            File.WriteAllBytes(hidden, file.Content);
            File.Move(hidden, $"{Path}/{file.Name}");
            return file.Name;
        }
    }
}
