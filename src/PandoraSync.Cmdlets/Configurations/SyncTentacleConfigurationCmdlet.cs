using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Cmdlets.Sessions;
using PandoraSync.Cmdlets.Sync;
using PandoraSync.Configuration;
using PandoraSync.Protocol;
using PandoraSync.RemoteConfiguration;
using PandoraSync.Sync;
using PandoraSync.Transport;

namespace PandoraSync.Cmdlets.Configurations;

/// <summary>Carries agents' configurations, collections and commands between sites and the folders below Pandora FMS's incoming directory, both ways.</summary>
[Cmdlet(VerbsData.Sync, "TentacleConfiguration", DefaultParameterSetName = ByComputerName, SupportsShouldProcess = true)]
[OutputType(typeof(SyncedConfiguration))]
public sealed class SyncTentacleConfigurationCmdlet : ConnectionCmdlet
{
    private const string ByConfigPath = "ConfigPath";
    private const string BySession = "Session";
    private const int DefaultConnections = 8;
    private readonly List<(SyncSite Site, RemoteConfigurationOptions Options)> _plan = [];

    // A number: an enum of Core as a field would load Core before ModuleInitializer can say which.
    private int _prefer;

    /// <summary>The sites: names or addresses, each with a port behind a colon or without.</summary>
    [Parameter(ParameterSetName = ByComputerName, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Server", "Site", "HostName")]
    [AllowEmptyString]
    [ServerName]
    public string[] ComputerName { get; set; } = [];

    /// <summary>Sessions from New-TentacleSession, or their names or numbers: their servers are the sites.</summary>
    [Parameter(ParameterSetName = BySession, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(SessionCompleter))]
    [SessionTransformation]
    public RegisteredSession[] Session { get; set; } = [];

    /// <summary>
    /// A session, or a site of Get-PandoraSyncConfiguration, from the pipeline: it is called as it says itself, password and certificates included. What the
    /// command itself says of them counts, and the rest stays as it was.
    /// </summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipeline = true, DontShow = true)]
    public IPipedItem? InputObject { get; set; }

    /// <summary>Pandora FMS's incoming directory, which has the folders conf, md5, collections and commands.</summary>
    [Parameter(ParameterSetName = ByComputerName, Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = BySession, Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("IncomingDirectory")]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = string.Empty;

    /// <summary>A pandora_server.conf whose sites and incoming directory are used, with what it says of sync_config.</summary>
    [Parameter(ParameterSetName = ByConfigPath, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string ConfigPath { get; set; } = string.Empty;

    /// <summary>Whose version is taken where both sides have changed: Main (the default), Site or Neither. The other is kept beside, and reported.</summary>
    [Parameter]
    public ConfigurationPreference Prefer
    {
        get => (ConfigurationPreference)_prefer;
        set => _prefer = (int)value;
    }

    /// <summary>Removes what was deleted on one side on the other one too; without it, that is reported.</summary>
    [Parameter]
    public SwitchParameter RemoveDeleted { get; set; }

    /// <summary>Takes changes of the sites and sends nothing to them.</summary>
    [Parameter]
    public SwitchParameter UpOnly { get; set; }

    /// <summary>Sends changes to the sites and takes nothing from them.</summary>
    [Parameter]
    public SwitchParameter DownOnly { get; set; }

    /// <summary>Sends all collections to each site, not only those that its agents use.</summary>
    [Parameter]
    public SwitchParameter AllCollections { get; set; }

    /// <summary>Largest configuration that is taken from a site, in bytes, 1 to 16,000,000; 1,000,000 by default.</summary>
    [Parameter]
    [ValidateRange(1L, 16_000_000L)]
    public long MaxFileSize { get; set; } = RemoteConfigurationOptions.DefaultMaxFileBytes;

    /// <summary>Most agents that one site may have, 1 to 1,000,000; 50,000 by default.</summary>
    [Parameter]
    [ValidateRange(1, 1_000_000)]
    public int MaxAgents { get; set; } = RemoteConfigurationOptions.DefaultMaxAgents;

    /// <summary>Most connections to each site, 1 to 64; 8 by default.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = BySession, ValueFromPipelineByPropertyName = true)]
    [EmptyMeansDefault(DefaultConnections)]
    [ValidateRange(1, 64)]
    public int Connections { get; set; } = DefaultConnections;

    /// <summary>Sites side by side, 1 to 10,000; 32 by default.</summary>
    [Parameter]
    [ValidateRange(1, 10_000)]
    public int ThrottleLimit { get; set; } = 32;

    /// <inheritdoc/>
    private protected override bool HoldsErrors => true;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (UpOnly && DownOnly)
            Refuse("-UpOnly and -DownOnly leave nothing to do: give one of them, or none.");
        if (Gives(nameof(Destination)))
            OrThrow(() => FileSystemPath(Destination), Destination);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var session in Session)
            Plan(session.Inner.Endpoint.ToString(), () => session.Inner.Options);
        if (InputObject is { } item)
            Plan(item);
        else if (string.Equals(ParameterSetName, ByComputerName, StringComparison.Ordinal))
            ComputerName.ToList().ForEach(computer => Plan(computer, () => MakeOptions(computer)));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        WarnOfPlainRows();
        if (string.Equals(ParameterSetName, ByConfigPath, StringComparison.Ordinal))
            CarryAsConfigured();
        foreach (var group in _plan.GroupBy(p => p.Options))
            Carry(group.Select(p => p.Site), group.Key);
        WriteHeldErrors();
    }

    private void Plan(IPipedItem item)
    {
        if (item is SiteConfiguration { IsEnabled: false } off)
            WriteWarning(off.OffNotice);
        else if (item is RegisteredSession or SiteConfiguration)
            Plan(item.GetSession().Inner.Endpoint.ToString(), () => MakeOptions(item.GetSession().Inner.Options));
        else
            Refuse($"'{item}' is a file at a site, and configurations of whole sites are carried: give sites or sessions.");
    }

    /// <summary>Notes a site; one that cannot be called has its result at once.</summary>
    private void Plan(string site, Func<TentacleClientOptions> makeClient)
    {
        try
        {
            _plan.Add((new SyncSite(makeClient()), With(new RemoteConfigurationOptions(FileSystemPath(Destination)) { Connections = Connections })));
        }
        catch (TentacleException e)
        {
            WriteObject(new SyncedConfiguration(site, e));
            Report(e, site);
        }
    }

    private void CarryAsConfigured()
    {
        var configuration = OrThrow(() => PandoraSyncConfiguration.Read(FileSystemPath(ConfigPath)), ConfigPath);
        foreach (var warning in configuration.Warnings)
            WriteWarning(warning);
        if (configuration.IsEnabled)
            Carry(configuration.Sites, With(configuration.RemoteConfiguration));
        else
            WriteWarning(SiteConfiguration.OffNoticeOf(configuration));
    }

    /// <summary>What the command line says counts; the rest is as the file has it.</summary>
    private RemoteConfigurationOptions With(RemoteConfigurationOptions options) => options with
    {
        Prefer = Gives(nameof(Prefer)) ? Prefer : options.Prefer,
        IsUp = UpOnly || (!DownOnly && options.IsUp),
        IsDown = DownOnly || (!UpOnly && options.IsDown),
        RemoveDeleted = RemoveDeleted,
        AllCollections = AllCollections,
        MaxFileBytes = MaxFileSize,
        MaxAgents = MaxAgents,
        ThrottleLimit = ThrottleLimit,
    };

    private void Carry(IEnumerable<SyncSite> sites, RemoteConfigurationOptions options)
    {
        var distinct = SyncSite.Distinct(sites, WriteWarning);
        TryRun(options.IncomingDirectory, pump => pump.CarryAsync(this, distinct.Select(s => InvokePandoraSyncCmdlet.WithWarnings(s, pump)).ToArray(), options, StopToken));
    }
}
