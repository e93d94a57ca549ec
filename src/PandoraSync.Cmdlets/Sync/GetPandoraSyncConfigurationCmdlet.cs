using System.Linq;
using System.Management.Automation;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Configuration;

namespace PandoraSync.Cmdlets.Sync;

/// <summary>Shows what a pandora_server.conf has done with each site, and with -Settings what was understood, and from which line. It connects nowhere.</summary>
[Cmdlet(VerbsCommon.Get, "PandoraSyncConfiguration")]
[OutputType(typeof(SiteConfiguration), typeof(SyncSetting))]
public sealed class GetPandoraSyncConfigurationCmdlet : PandoraSyncCmdlet
{
    /// <summary>The file.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ConfigPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "/etc/pandora/pandora_server.conf";

    /// <summary>Gives the settings instead of the sites: each with its value, and its line or that it is the default.</summary>
    [Parameter]
    public SwitchParameter Settings { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var configuration = OrThrow(() => PandoraSyncConfiguration.Read(FileSystemPath(Path)), Path);
        foreach (var warning in configuration.Warnings)
            WriteWarning(warning);
        if (!configuration.IsEnabled)
            WriteWarning(SiteConfiguration.OffNoticeOf(configuration));
        if (Settings)
            WriteObject(configuration.Settings.Select(setting => new SyncSetting(setting)), enumerateCollection: true);
        else
            WriteObject(configuration.Sites.Select(site => new SiteConfiguration(configuration, site)), enumerateCollection: true);
    }
}
