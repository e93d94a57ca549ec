using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Cmdlets.Configurations;
using PandoraSync.Configuration;
using PandoraSync.Protocol;
using PandoraSync.RemoteConfiguration;
using PandoraSync.Sync;
using PandoraSync.Sync.Continuous;
using PandoraSync.Sync.Journal;
using PandoraSync.Sync.Monitoring;
using PandoraSync.Sync.Staging;
using PandoraSync.Transport;

namespace PandoraSync.Cmdlets.Sync;

/// <summary>The sync server: calls in at sites, takes what their buffers hold into the incoming directory, and says what became of each site.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "PandoraSync", DefaultParameterSetName = ByComputerName, SupportsShouldProcess = true)]
[OutputType(typeof(SyncResult), typeof(SyncedConfiguration))]
public sealed class InvokePandoraSyncCmdlet : SitesCmdlet
{
    private const int DefaultInterval = 60;
    private static readonly string[] OfContinuous = [nameof(Interval), nameof(PassThru), nameof(LogFormat)];
    private static readonly string[] OfAgent = [nameof(AgentName), nameof(AgentGroup)];
    private readonly List<GivenSite> _plan = [];
    private volatile string? _incoming;
    private WorkerShare? _share;

    // An object: a field of Core's type would load Core before ModuleInitializer can say which.
    private object? _monitoring;

    /// <summary>Largest file that is taken, in bytes; 20,000,000 by default. Larger ones are left at their site and named.</summary>
    [Parameter]
    [ValidateRange(1L, long.MaxValue)]
    public long MaxFileSize { get; set; } = TentacleLimits.DefaultMaxTakenBytes;

    /// <summary>Then carries agents' configurations, collections and commands between the sites and the folders below the incoming directory, as Sync-TentacleConfiguration does.</summary>
    [Parameter]
    public SwitchParameter IncludeConfiguration { get; set; }

    /// <summary>Which of several workers this one is, from 1: it drains its share of the sites. Left out, Kubernetes's or Slurm's environment says it.</summary>
    [Parameter]
    [ValidateRange(1, WorkerShare.MostWorkers)]
    public int Worker { get; set; }

    /// <summary>How many workers share the sites, 1 to 10,000. Each has an incoming directory of its own.</summary>
    [Parameter]
    [ValidateRange(1, WorkerShare.MostWorkers)]
    public int WorkerCount { get; set; }

    /// <summary>Goes on: drains the sites in rounds until it is stopped (Ctrl+C, SIGTERM), and gives results only with -PassThru.</summary>
    [Parameter]
    public SwitchParameter Continuous { get; set; }

    /// <summary>Seconds from one round of -Continuous to the next, 1 to 86400; 60 by default.</summary>
    [Parameter]
    [ValidateRange(1, 86_400)]
    public int Interval { get; set; } = DefaultInterval;

    /// <summary>With -Continuous, gives each result too.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>How -Continuous tells what happens: Text as PowerShell's warnings and information, Json as an object a line, Journal with the levels that journald reads.</summary>
    [Parameter]
    [ValidateSet(LogOutput.Text, LogOutput.Json, LogOutput.Journal)]
    public string LogFormat { get; set; } = LogOutput.Text;

    /// <summary>Puts the data file of an agent into the incoming directory that says how each site is: after a run, or every five minutes with -Continuous.</summary>
    [Parameter]
    public SwitchParameter SelfMonitoring { get; set; }

    /// <summary>That agent's name: letters, digits, '-', '_' and '.'; PandoraSync by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string AgentName { get; set; } = "PandoraSync";

    /// <summary>The group that it is put into when it is new; Servers by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string AgentGroup { get; set; } = "Servers";

    /// <summary>A file that says how each site is in Prometheus's text format, for node_exporter's text file collector; it has to end in .prom for that.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? MetricsPath { get; set; }

    /// <inheritdoc/>
    private protected override string WhyNoFile => "whole sites are drained: use Receive-TentacleBuffer to take files.";

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _share = OrThrow(() => WorkerShare.Read(Worker, WorkerCount, Environment.GetEnvironmentVariable), target: null);
        if (!Continuous && OfContinuous.FirstOrDefault(Gives) is { } useless)
            Refuse($"-{useless} says how a continuous run goes, and this is none: add -Continuous, or leave it out.");
        if (!SelfMonitoring && OfAgent.FirstOrDefault(Gives) is { } alone)
            Refuse($"-{alone} says which agent's data file is written, and none is: add -SelfMonitoring, or leave it out.");
        _monitoring = SelfMonitoring || MetricsPath is not null
            ? OrThrow(() => new SelfMonitoringOptions { Agent = SelfMonitoring ? AgentName : null, Group = AgentGroup, MetricsPath = MetricsPath is null ? null : FileSystemPath(MetricsPath) }, AgentName)
            : null;
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        WarnOfPlainRows();
        if (Continuous)
            GoOn();
        else if (IsSet(ByConfigPath))
            DrainAsConfigured();
        else
            _plan.GroupBy(p => p.Options).ToList().ForEach(group => Drain(group.Select(p => p.Site), group.Key));
        foreach (var group in _plan.Where(_ => IncludeConfiguration && !Continuous).GroupBy(p => p.Options))
            CarryConfigurations(group.Select(p => p.Site).ToArray(), new RemoteConfigurationOptions(group.Key.IncomingDirectory) { Connections = Connections });
        WriteHeldErrors();
    }

    /// <inheritdoc/>
    private protected override void Plan(string site, Func<TentacleClientOptions> makeClient, TlsParameters? tls)
    {
        try
        {
            _plan.Add(new GivenSite(new SyncSite(makeClient()), WithOwn(new SyncOptions(FileSystemPath(Destination)) { Connections = Connections }), tls));
        }
        catch (TentacleException e)
        {
            WriteObject(new SyncResult(site, e));
            Report(e, site);
        }
    }

    /// <inheritdoc/>
    protected override string? WhatStopWaitsFor => _incoming is null ? null : "Stopping: what is under way is brought to a safe place first.";

    /// <inheritdoc/>
    protected override string? WhatStopLeaves => _incoming is { } folder && Leftovers.Count(folder) is > 0 and var count
        ? $"Stopped: the next run finishes {count} file{(count == 1 ? string.Empty : "s")} that {(count == 1 ? "is" : "are")} in staging already."
        : null;

    private void DrainAsConfigured()
    {
        if (ReadConfiguration() is not { } configuration)
            return;
        Drain(configuration.Sites, WithOwn(configuration.Options));
        if (configuration.IncludesConfiguration || IncludeConfiguration)
            CarryConfigurations(configuration.Sites, configuration.RemoteConfiguration);
    }

    private void CarryConfigurations(IReadOnlyList<SyncSite> sites, RemoteConfigurationOptions options) =>
        TryRun(options.IncomingDirectory, pump => pump.CarryAsync(this, WithWarnings(_share?.Of(sites) ?? sites, pump), options with { ThrottleLimit = ThrottleLimit }, StopToken));

    /// <summary>This worker's share of sites that are named once.</summary>
    private IReadOnlyList<SyncSite> ShareOf(IEnumerable<SyncSite> sites)
    {
        var distinct = SyncSite.Distinct(sites, WriteWarning);
        if (_share is null)
            return distinct;
        var own = _share.Of(distinct);
        WriteVerbose($"This is {_share}: {own.Count} of {distinct.Count} sites are its own.");
        return own;
    }

    /// <summary>Adds what a pandora_server.conf does not say.</summary>
    private SyncOptions WithOwn(SyncOptions options) =>
        options with { ThrottleLimit = ThrottleLimit, MaxFileBytes = MaxFileSize, Journal = new JournalLimits(), Monitoring = (SelfMonitoringOptions?)_monitoring };

    /// <summary>Drains in rounds until it is stopped: what the configuration has at each, or what was given, a run for each incoming directory.</summary>
    private void GoOn()
    {
        var run = new ContinuousRun { Interval = TimeSpan.FromSeconds(Interval), Results = PassThru };
        if (IsSet(ByConfigPath))
        {
            var path = OrThrow(() => FileSystemPath(ConfigPath), ConfigPath);
            if (ShouldProcess(path, "Drain as configured, continuously"))
                run.Add(Shared(new ConfiguredPlan(path, WithOwn, run.Warn) { IncludesConfiguration = IncludeConfiguration, Carrying = o => run.Carrying(o with { ThrottleLimit = ThrottleLimit }) }), path);
        }

        foreach (var group in _plan.GroupBy(p => p.Options))
        {
            var known = ShareOf(group.Select(p => p.Site));
            var agreed = group.Where(p => known.Contains(p.Site) && ShouldProcess($"{p.Site.Name} to {p.Options.IncomingDirectory}", "Drain continuously")).ToArray();
            if (agreed.Length > 0)
                run.Add(new GivenPlan(agreed, group.Key, IncludeConfiguration ? run.Carrying(new RemoteConfigurationOptions(group.Key.IncomingDirectory) { Connections = Connections, ThrottleLimit = ThrottleLimit }) : null), group.Key.IncomingDirectory);
        }

        if (run.IsWanted)
            TryRun(IsSet(ByConfigPath) ? ConfigPath : Destination, pump => run.RunAsync(pump, new LogOutput(LogFormat, pump, IsVerbose), StopToken));
    }

    private ISyncPlanSource Shared(ISyncPlanSource plan) => _share is null ? plan : new SharedPlan(plan, _share);

    private void Drain(IEnumerable<SyncSite> sites, SyncOptions options)
    {
        var agreed = new List<SyncSite>();
        foreach (var site in ShareOf(sites))
        {
            if (ShouldProcess($"{site.Name} to {options.IncomingDirectory}", "Drain"))
                agreed.Add(site);
        }

        if (agreed.Count > 0)
            _incoming = options.IncomingDirectory;
        if (agreed.Count > 0)
            TryRun(options.IncomingDirectory, pump => DrainAsync(WithWarnings(agreed, pump), options, pump));
    }

    /// <summary>Drains sites; where the destination cannot be used, that is the result of each.</summary>
    private async Task DrainAsync(IReadOnlyList<SyncSite> sites, SyncOptions options, CmdletPump pump)
    {
        var screen = new DrainScreen(sites.Count);
        try
        {
            await SyncRunner.DrainAsync(sites, options.WithPump(pump, screen), Completed, StopToken).ConfigureAwait(false);
        }
        catch (TentacleException e)
        {
            foreach (var site in sites)
                pump.Output(new SyncResult(site.Name, e));
            throw;
        }

        void Completed(SiteResult result)
        {
            screen.End(result.Site);
            pump.Output(new SyncResult(result));
            result.ReportProblems(pump);
        }
    }
}
