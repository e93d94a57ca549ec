using System.Linq;
using System.Management.Automation;

namespace PandoraSync.Cmdlets.Servers;

/// <summary>Lists the Tentacle servers that run in this process.</summary>
[Cmdlet(VerbsCommon.Get, "TentacleServer")]
[OutputType(typeof(RunningServer))]
public sealed class GetTentacleServerCmdlet : PSCmdlet
{
    /// <summary>Numbers; all by default.</summary>
    [Parameter(Position = 0)]
    public int[] Id { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var server in ServerRegistry.All)
        {
            if (Id.Length == 0 || Id.Contains(server.Id))
                WriteObject(server);
        }
    }
}
