using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading.Tasks;
using PandoraSync.Certificates.Trust;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Configuration;
using PandoraSync.Protocol;
using PandoraSync.Sync;

namespace PandoraSync.Cmdlets.Sync;

/// <summary>The sync server: calls in at sites, takes what their buffers hold into the incoming directory, and says what became of each site.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "PandoraSync", DefaultParameterSetName = ByComputerName, SupportsShouldProcess = true)]
[OutputType(typeof(SyncResult))]
public sealed class InvokePandoraSyncCmdlet : ConnectionCmdlet
{
    private const string ByConfigPath = "ConfigPath";
    private readonly List<SyncSite> _sites = [];
    private volatile string? _incoming;

    // A number: an enum of Core as a field would load Core before ModuleInitializer can say which.
    private int _delivery = (int)SyncDelivery.Safe;

    /// <summary>The sites: names or addresses, each with a port behind a colon or without.</summary>
    [Parameter(ParameterSetName = ByComputerName, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Server", "Site", "HostName")]
    [ValidateNotNullOrEmpty]
    public string[] ComputerName { get; set; } = [];

    /// <summary>Pandora FMS's incoming directory.</summary>
    [Parameter(ParameterSetName = ByComputerName, Mandatory = true, Position = 1)]
    [Alias("IncomingDirectory")]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = string.Empty;

    /// <summary>Safe loses nothing, whatever breaks; Fast halves the round trips, but a stock server deletes a file that was under way when the line broke.</summary>
    [Parameter(ParameterSetName = ByComputerName)]
    [ValidateSet("Safe", "Fast")]
    public SyncDelivery Delivery
    {
        get => (SyncDelivery)_delivery;
        set => _delivery = (int)value;
    }

    /// <summary>Most connections to each site, 1 to 64; 8 by default. As many are used as help.</summary>
    [Parameter(ParameterSetName = ByComputerName)]
    [ValidateRange(1, 64)]
    public int Connections { get; set; } = 8;

    /// <summary>A pandora_server.conf whose sync server is run: its sites, certificates and incoming directory.</summary>
    [Parameter(ParameterSetName = ByConfigPath, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string ConfigPath { get; set; } = string.Empty;

    /// <summary>Sites drained side by side, 1 to 10,000; 32 by default.</summary>
    [Parameter]
    [Alias("ParallelSites")]
    [ValidateRange(1, 10_000)]
    public int ThrottleLimit { get; set; } = 32;

    /// <summary>Largest file that is taken, in bytes; 20,000,000 by default. Larger ones are left at their site and named.</summary>
    [Parameter]
    [ValidateRange(1L, long.MaxValue)]
    public long MaxFileSize { get; set; } = TentacleLimits.DefaultMaxTakenBytes;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var computer in ComputerName)
        {
            if (TryCreate(() => MakeOptions(computer), computer) is { } options)
                _sites.Add(new SyncSite(options));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (string.Equals(ParameterSetName, ByConfigPath, StringComparison.Ordinal))
            DrainAsConfigured();
        else
            Drain(_sites, OrThrow(() => new SyncOptions(FileSystemPath(Destination)) { Delivery = Delivery, Connections = Connections, ThrottleLimit = ThrottleLimit, MaxFileBytes = MaxFileSize }, Destination));
    }

    /// <inheritdoc/>
    protected override string? WhatStopWaitsFor => _incoming is null ? null : "Stopping: what is under way is brought to a safe place first.";

    /// <inheritdoc/>
    protected override string? WhatStopLeaves => _incoming is { } folder && SyncRunner.CountUnfinished(folder) is > 0 and var count
        ? $"Stopped: the next run finishes {count} file{(count == 1 ? string.Empty : "s")} that {(count == 1 ? "is" : "are")} in staging already."
        : null;

    private void DrainAsConfigured()
    {
        var configuration = OrThrow(() => PandoraSyncConfiguration.Read(FileSystemPath(ConfigPath)), ConfigPath);
        foreach (var warning in configuration.Warnings)
            WriteWarning(warning);
        WriteVerbose($"{configuration}.");
        if (configuration.IsEnabled)
            Drain(configuration.Sites, configuration.Options with { ThrottleLimit = ThrottleLimit, MaxFileBytes = MaxFileSize });
        else
            WriteWarning($"{configuration}: set syncserver to 1 to turn it on.");
    }

    private void Drain(IReadOnlyList<SyncSite> sites, SyncOptions options)
    {
        var agreed = new List<SyncSite>();
        foreach (var site in sites)
        {
            if (ShouldProcess($"{site.Name} to {options.IncomingDirectory}", "Drain"))
                agreed.Add(site);
        }

        if (agreed.Count > 0)
            _incoming = options.IncomingDirectory;
        if (agreed.Count > 0)
            TryRun(options.IncomingDirectory, pump => DrainAsync(agreed.ConvertAll(site => WithWarnings(site, pump)), options, pump));
    }

    /// <summary>Has a name that does not match its certificate said as a warning, where the file asks for no more than that.</summary>
    private static SyncSite WithWarnings(SyncSite site, CmdletPump pump) =>
        site.Client.Tls is { HostNameCheck: HostNameCheck.Warn } tls ? new SyncSite(site.Client with { Tls = tls with { Warn = pump.Warning } }) : site;

    private Task DrainAsync(IReadOnlyList<SyncSite> sites, SyncOptions options, CmdletPump pump) =>
        SyncRunner.DrainAsync(
            sites,
            options.WithPump(pump),
            result =>
            {
                pump.Output(new SyncResult(result));
                result.ReportProblems(pump);
            },
            StopToken);
}
