using System.Management.Automation;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Configuration;

namespace PandoraSync.Cmdlets.Sync;

/// <summary>Shows what a pandora_server.conf says about the sync server: what was understood, from which line, and what each site will do. It connects nowhere.</summary>
[Cmdlet(VerbsCommon.Get, "PandoraSyncConfiguration")]
[OutputType(typeof(SyncConfiguration))]
public sealed class GetPandoraSyncConfigurationCmdlet : PandoraSyncCmdlet
{
    /// <summary>The file.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("ConfigPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "/etc/pandora/pandora_server.conf";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var configuration = OrThrow(() => PandoraSyncConfiguration.Read(FileSystemPath(Path)), Path);
        foreach (var warning in configuration.Warnings)
            WriteWarning(warning);
        WriteObject(new SyncConfiguration(configuration));
    }
}
