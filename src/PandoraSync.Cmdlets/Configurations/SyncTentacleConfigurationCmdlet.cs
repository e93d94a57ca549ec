using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Protocol;
using PandoraSync.RemoteConfiguration;
using PandoraSync.Sync;
using PandoraSync.Transport;

namespace PandoraSync.Cmdlets.Configurations;

/// <summary>Carries agents' configurations, collections and commands between sites and the folders below Pandora FMS's incoming directory, both ways.</summary>
[Cmdlet(VerbsData.Sync, "TentacleConfiguration", DefaultParameterSetName = ByComputerName, SupportsShouldProcess = true)]
[OutputType(typeof(SyncedConfiguration))]
public sealed class SyncTentacleConfigurationCmdlet : SitesCmdlet
{
    private readonly List<(SyncSite Site, RemoteConfigurationOptions Options)> _plan = [];

    // A number: an enum of Core as a field would load Core before ModuleInitializer can say which.
    private int _prefer;

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

    /// <inheritdoc/>
    private protected override string WhyNoFile => "configurations of whole sites are carried: give sites or sessions.";

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (UpOnly && DownOnly)
            Refuse("-UpOnly and -DownOnly leave nothing to do: give one of them, or none.");
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        WarnOfPlainRows();
        if (IsSet(ByConfigPath) && ReadConfiguration() is { } configuration)
            Carry(configuration.Sites, With(configuration.RemoteConfiguration));
        foreach (var group in _plan.GroupBy(p => p.Options))
            Carry(group.Select(p => p.Site), group.Key);
        WriteHeldErrors();
    }

    /// <inheritdoc/>
    private protected override void Plan(string site, Func<TentacleClientOptions> makeClient, TlsParameters? tls)
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
        TryRun(options.IncomingDirectory, pump => pump.CarryAsync(this, WithWarnings(distinct, pump), options, StopToken));
    }
}
