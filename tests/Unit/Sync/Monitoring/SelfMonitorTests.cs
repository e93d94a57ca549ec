using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.Sync.Journal;
using PandoraSync.Sync.Monitoring;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Sync.Monitoring;

public sealed class SelfMonitorTests
{
    [Fact]
    public async Task A_run_leaves_agent_data_of_the_documented_structure_with_what_has_come()
    {
        using var site = new OurServer();
        AgentData.MakeMany(3).ToList().ForEach(site.Put);
        using var target = new SyncTarget();
        await DrainAsync(target, new SelfMonitoringOptions { Agent = "PandoraSync" }, site.Port, 1);

        var name = Assert.Single(target.Incoming.FileNames(), n => n.StartsWith("PandoraSync.", StringComparison.Ordinal));
        Assert.True(AgentDataName.TryGetEpoch(name, out _));
        var data = AgentDataSchema.Check(target.Incoming.Read(name));
        Assert.Equal("PandoraSync", data.Attribute("agent_name")!.Value);
        Assert.Equal(("generic_proc", "1"), Module($"127.0.0.1:{site.Port} reachable"));
        Assert.Equal(("generic_data", "3"), Module($"127.0.0.1:{site.Port} files"));
        Assert.Equal(("generic_data", "0"), Module($"127.0.0.1:{site.Port} errors in a row"));
        Assert.Equal(("generic_proc", "0"), Module("127.0.0.1:1 reachable"));
        Assert.Equal(("generic_data", "1"), Module("127.0.0.1:1 errors in a row"));
        Assert.DoesNotContain(Directory.GetFiles(target.Incoming[".pandorasync"]), f => f.EndsWith(".new", StringComparison.Ordinal));

        (string, string) Module(string module) => data.Elements("module").Where(m => string.Equals(m.Element("name")!.Value, module, StringComparison.Ordinal)).Select(m => (m.Element("type")!.Value, m.Element("data")!.Value)).Single();
    }

    [Fact]
    public void Whatever_a_peer_says_the_data_is_XML_and_the_metrics_are_lines()
    {
        var status = SiteStatus.New("no\"rth\\\u0001\n]]>&<:1", DateTime.UtcNow).After(SiteResult.NotCalled("x", new TentacleException(TentacleErrorKind.Protocol, "]]> \0 \ud800 & <b>\n \U0001F600")), DateTime.UtcNow);
        var data = AgentDataSchema.Check(new AgentReport(new SelfMonitoringOptions { Agent = "a", Group = "<\u0001>" }, DateTime.UtcNow).Make([(status, 1, 1)]));
        Assert.Contains("\U0001F600", data.Descendants("description").First().Value, StringComparison.Ordinal);
        Assert.All(MetricsText.Make([status], DateTime.UtcNow).TrimEnd('\n').Split('\n'), line => Assert.Matches("^(# (HELP|TYPE) )?pandorasync_site_", line));
    }

    [Fact]
    public async Task Promtool_takes_the_metrics()
    {
        Assert.SkipWhen(RealPrograms.PromTool.WhyMissing is not null, RealPrograms.PromTool.WhyMissing ?? string.Empty);
        using var site = new OurServer(o => o with { Tls = new(TestCertificates.Site) });
        site.Put(AgentData.Make(1));
        using var target = new SyncTarget();
        using var metrics = new TempFolder();
        var options = target.Options() with { Journal = new JournalLimits(), Monitoring = new SelfMonitoringOptions { MetricsPath = metrics["pandorasync.prom"] } };
        await SyncRunner.DrainAsync([new SyncSite(site.Client with { Tls = TestCertificates.Client }), SyncTarget.Site(1, retries: 0)], options, completed: null, TestContext.Current.CancellationToken);

        Assert.Equal(["pandorasync.prom"], metrics.FileNames());
        var text = await File.ReadAllTextAsync(metrics["pandorasync.prom"], TestContext.Current.CancellationToken);
        Assert.Contains($"pandorasync_site_files_total{{site=\"127.0.0.1:{site.Port}\"}} 1\n", text, StringComparison.Ordinal);
        Assert.Contains($"pandorasync_site_certificate_end_timestamp_seconds{{site=\"127.0.0.1:{site.Port}\"}} ", text, StringComparison.Ordinal);
        Assert.Contains("pandorasync_site_up{site=\"127.0.0.1:1\"} 0\n", text, StringComparison.Ordinal);
        var result = await RealPrograms.PromTool.RunAsync(["check", "metrics"], text);
        Assert.True(result is { ExitCode: 0, Output: "", Errors: "" }, result.ToString());
    }

    [Fact]
    public async Task A_file_of_metrics_that_cannot_be_written_is_told_and_the_site_is_drained()
    {
        using var site = new OurServer();
        site.Put(AgentData.Make(1));
        using var target = new SyncTarget();
        string? told = null;
        var options = target.Options() with { Journal = new JournalLimits(), Monitoring = new SelfMonitoringOptions { MetricsPath = target.Incoming["none/x.prom"] }, Warn = text => told = text };
        await SyncRunner.DrainAsync([SyncTarget.Site(site.Port)], options, completed: null, TestContext.Current.CancellationToken);

        Assert.StartsWith("How the sites are cannot be written, which keeps no site from being drained: A folder of", told, StringComparison.Ordinal);
        Assert.True(target.Incoming.Has(AgentData.Make(1).Name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData(".x")]
    [InlineData("a b")]
    public void A_name_that_no_file_could_have_is_refused(string name) =>
        Assert.Equal(TentacleErrorKind.Configuration, Assert.Throws<TentacleException>(() => new SelfMonitoringOptions { Agent = name }).Kind);

    private static Task DrainAsync(SyncTarget target, SelfMonitoringOptions monitoring, params int[] ports) =>
        SyncRunner.DrainAsync(ports.Select(p => SyncTarget.Site(p, retries: 0)), target.Options() with { Journal = new JournalLimits(), Monitoring = monitoring }, completed: null, TestContext.Current.CancellationToken);
}
