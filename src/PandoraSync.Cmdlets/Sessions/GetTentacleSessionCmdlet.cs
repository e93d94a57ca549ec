using System;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Protocol;

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
        var byId = string.Equals(ParameterSetName, "Id", StringComparison.Ordinal);
        var all = SessionRegistry.All;
        foreach (var session in all)
        {
            if (byId ? Id.Contains(session.Id) : patterns.Any(p => p.IsMatch(session.Name)))
                WriteObject(session);
        }

        var missing = byId
            ? Id.Where(i => all.All(s => s.Id != i)).Select(i => i.ToString(CultureInfo.InvariantCulture))
            : Name.Where(n => !WildcardPattern.ContainsWildcardCharacters(n) && !all.Any(s => string.Equals(s.Name, n, StringComparison.OrdinalIgnoreCase)));
        foreach (var name in missing)
            WriteError(ErrorMapper.ToRecord(new TentacleException(TentacleErrorKind.NotFound, $"There is no session '{name}': see Get-TentacleSession for those that there are, or make one with New-TentacleSession."), name));
    }
}
