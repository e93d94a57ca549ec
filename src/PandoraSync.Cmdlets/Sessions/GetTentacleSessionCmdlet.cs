using System.Linq;
using System.Management.Automation;
using PandoraSync.Cmdlets.Base;

namespace PandoraSync.Cmdlets.Sessions;

/// <summary>Lists the sessions of this process.</summary>
[Cmdlet(VerbsCommon.Get, "TentacleSession", DefaultParameterSetName = "Name")]
[OutputType(typeof(RegisteredSession))]
public sealed class GetTentacleSessionCmdlet : PSCmdlet
{
    /// <summary>Names, with wildcards; all by default.</summary>
    [Parameter(ParameterSetName = "Name", Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Numbers.</summary>
    [Parameter(ParameterSetName = "Id", Mandatory = true)]
    public int[] Id { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var patterns = Name.Select(n => new WildcardPattern(n, WildcardOptions.IgnoreCase)).ToArray();
        var byId = string.Equals(ParameterSetName, "Id", System.StringComparison.Ordinal);
        foreach (var session in SessionRegistry.All)
        {
            if (byId ? Id.Contains(session.Id) : patterns.Any(p => p.IsMatch(session.Name)))
                WriteObject(session);
        }
    }
}
