using System.Linq;
using System.Management.Automation;
using PandoraSync.Cmdlets.Base;

namespace PandoraSync.Cmdlets.Servers;

/// <summary>Stops Tentacle servers of this process; transfers under way may finish within a limit.</summary>
[Cmdlet(VerbsLifecycle.Stop, "TentacleServer", DefaultParameterSetName = "Id", SupportsShouldProcess = true)]
public sealed class StopTentacleServerCmdlet : PandoraSyncCmdlet
{
    /// <summary>The servers.</summary>
    [Parameter(ParameterSetName = "Server", Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public RunningServer[] Server { get; set; } = [];

    /// <summary>Their numbers.</summary>
    [Parameter(ParameterSetName = "Id", Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(ServerIdCompleter))]
    public int[] Id { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var server in Server)
            Stop(server);
        foreach (var id in Id)
        {
            if (ServerRegistry.All.FirstOrDefault(s => s.Id == id) is { } server)
                Stop(server);
            else
                WriteError(ErrorMapper.ToRecord(ServerRegistry.NotFound(id), id));
        }
    }

    private void Stop(RunningServer server)
    {
        if (!ShouldProcess(server.ToString(), "Stop Tentacle server"))
            return;
        TryRun(server, _ => server.StopAsync());
        ServerRegistry.Remove(server);
    }
}
