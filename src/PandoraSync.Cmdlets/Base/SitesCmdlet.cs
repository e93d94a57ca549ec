using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PandoraSync.Certificates.Trust;
using PandoraSync.Cmdlets.Sessions;
using PandoraSync.Cmdlets.Sync;
using PandoraSync.Configuration;
using PandoraSync.Sync;
using PandoraSync.Transport;

namespace PandoraSync.Cmdlets.Base;

/// <summary>Which sites are called and which incoming directory is meant, declared once: by name, by session, or as a pandora_server.conf has them.</summary>
public abstract class SitesCmdlet : ConnectionCmdlet
{
    private protected const string ByConfigPath = "ConfigPath";
    private const string BySession = "Session";
    private const int DefaultConnections = 8;

    /// <summary>The sites: names or addresses, each with a port behind a colon or without.</summary>
    [Parameter(ParameterSetName = ByComputerName, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Server", "Site", "HostName", "a")]
    [ArgumentCompleter(typeof(ServerCompleter))]
    [AllowEmptyString]
    [ServerName]
    public string[] ComputerName { get; set; } = [];

    /// <summary>Sessions from New-TentacleSession, or their names or numbers: their servers are the sites. They are called over connections of the run's own.</summary>
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

    /// <summary>Pandora FMS's incoming directory.</summary>
    [Parameter(ParameterSetName = ByComputerName, Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = BySession, Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [Alias("IncomingDirectory")]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = string.Empty;

    /// <summary>Most connections to each site, 1 to 64; 8 by default. As many are used as help.</summary>
    [Parameter(ParameterSetName = ByComputerName, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = BySession, ValueFromPipelineByPropertyName = true)]
    [EmptyMeansDefault(DefaultConnections)]
    [ValidateRange(1, 64)]
    public int Connections { get; set; } = DefaultConnections;

    /// <summary>A pandora_server.conf whose sites, certificates and incoming directory are used.</summary>
    [Parameter(ParameterSetName = ByConfigPath, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string ConfigPath { get; set; } = string.Empty;

    /// <summary>Sites side by side, 1 to 10,000; 32 by default.</summary>
    [Parameter]
    [Alias("ParallelSites")]
    [ValidateRange(1, 10_000)]
    public int ThrottleLimit { get; set; } = 32;

    /// <inheritdoc/>
    private protected override bool HoldsErrors => true;

    /// <summary>Why a file from the pipeline is refused, as the end of a sentence.</summary>
    private protected abstract string WhyNoFile { get; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (Gives(nameof(Destination)))
            OrThrow(() => FileSystemPath(Destination), Destination);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var session in Session)
            Plan(session.Inner.Endpoint.ToString(), () => session.Inner.Options, tls: null);
        if (InputObject is { } item)
            Plan(item);
        else if (IsSet(ByComputerName))
            ComputerName.ToList().ForEach(computer => Plan(computer, () => MakeOptions(computer), GivenTls()));
    }

    /// <summary>Notes a site; one that cannot be called has its result at once.</summary>
    /// <param name="site">What it is called by.</param>
    /// <param name="makeClient">How it is called.</param>
    /// <param name="tls">The files of certificates that it is called with; null where a session has read them for good.</param>
    private protected abstract void Plan(string site, Func<TentacleClientOptions> makeClient, TlsParameters? tls);

    /// <summary>True if this is the parameter set.</summary>
    private protected bool IsSet(string name) => string.Equals(ParameterSetName, name, StringComparison.Ordinal);

    /// <summary>Reads the file of <see cref="ConfigPath"/>, and says what has to be said of it.</summary>
    /// <returns>Null where it turns the sync server off.</returns>
    private protected PandoraSyncConfiguration? ReadConfiguration()
    {
        var configuration = OrThrow(() => PandoraSyncConfiguration.Read(FileSystemPath(ConfigPath)), ConfigPath);
        foreach (var warning in configuration.Warnings)
            WriteWarning(warning);
        WriteVerbose($"{configuration}.");
        if (configuration.IsEnabled)
            return configuration;
        WriteWarning(SiteConfiguration.OffNoticeOf(configuration));
        return null;
    }

    /// <summary>Has a name that does not match its certificate said as a warning, where the file asks for no more than that.</summary>
    private protected static SyncSite[] WithWarnings(IEnumerable<SyncSite> sites, CmdletPump pump) =>
        [.. sites.Select(site => site.Client.Tls is { HostNameCheck: HostNameCheck.Warn } tls ? new SyncSite(site.Client with { Tls = tls with { Warn = pump.Warning } }) : site)];

    private void Plan(IPipedItem item)
    {
        if (item is SiteConfiguration { IsEnabled: false } off)
            WriteWarning(off.OffNotice);
        else if (item is RegisteredSession or SiteConfiguration)
            Plan(item.GetSession().Inner.Endpoint.ToString(), () => MakeOptions(item.GetSession().Inner.Options), SaysTls ? GivenTls() : null);
        else
            Refuse($"'{item}' is a file at a site, and {WhyNoFile}");
    }
}
