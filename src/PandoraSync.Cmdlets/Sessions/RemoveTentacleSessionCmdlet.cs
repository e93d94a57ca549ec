using System.Management.Automation;
using PandoraSync.Cmdlets.Base;

namespace PandoraSync.Cmdlets.Sessions;

/// <summary>Ends sessions.</summary>
[Cmdlet(VerbsCommon.Remove, "TentacleSession", SupportsShouldProcess = true)]
public sealed class RemoveTentacleSessionCmdlet : PandoraSyncCmdlet
{
    /// <summary>The sessions, or their names or numbers.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(SessionCompleter))]
    [SessionTransformation]
    public RegisteredSession Session { get; set; } = null!;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var session = Session;
        if (!ShouldProcess($"{session.Name} ({session.Inner.Endpoint})", "Remove session"))
            return;
        TryRun(session, _ => session.Inner.DisconnectAsync(StopToken));
        SessionRegistry.Remove(session);
    }
}
