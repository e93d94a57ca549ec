using System.Linq;
using System.Management.Automation;
using PandoraSync.Protocol;

namespace PandoraSync.Cmdlets.Services;

/// <summary>Lists the services that Register-PandoraSyncService has made.</summary>
[Cmdlet(VerbsCommon.Get, "PandoraSyncService")]
[OutputType(typeof(RegisteredService))]
public sealed class GetPandoraSyncServiceCmdlet : ServiceCmdlet
{
    /// <summary>Names, with wildcards or without; all by default.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var manager = GetManager();
        var all = OrThrow(manager.Find, Directory);
        foreach (var name in Name)
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            var found = all.Where(s => pattern.IsMatch(s.Name)).ToArray();
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
                Report(new TentacleException(TentacleErrorKind.NotFound, $"No service '{name}' of Register-PandoraSyncService is known to {manager.Name}: Get-PandoraSyncService lists them all."), name);
            foreach (var service in found)
                WriteObject(new RegisteredService(service, manager.Name));
        }
    }
}
