using System.Linq;
using System.Management.Automation;
using PandoraSync.Cmdlets.Base;

namespace PandoraSync.Cmdlets.Servers;

/// <summary>Lists the Tentacle servers that run in this process.</summary>
[Cmdlet(VerbsCommon.Get, "TentacleServer")]
[OutputType(typeof(RunningServer))]
public sealed class GetTentacleServerCmdlet : PSCmdlet
{
    /// <summary>Numbers; all by default.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(ServerIdCompleter))]
    public int[] Id { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var all = ServerRegistry.All;
        foreach (var server in all)
        {
            if (Id.Length == 0 || Id.Contains(server.Id))
                WriteObject(server);
        }

        foreach (var id in Id.Where(i => all.All(s => s.Id != i)))
            WriteError(ErrorMapper.ToRecord(ServerRegistry.NotFound(id), id));
    }
}
