using System.Linq;
using System.Management.Automation;
using PandoraSync.Protocol;
using PandoraSync.Services;

namespace PandoraSync.Cmdlets.Services;

/// <summary>Ends services that Register-PandoraSyncService has made, and removes their files unless somebody has edited them. One that is not there is no error.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "PandoraSyncService", SupportsShouldProcess = true)]
public sealed class UnregisterPandoraSyncServiceCmdlet : ServiceCmdlet
{
    /// <summary>Their names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>Removes files that somebody has edited too.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var manager = GetManager();
        var all = OrThrow(manager.Find, Directory);
        foreach (var name in Name)
        {
            if (all.FirstOrDefault(s => string.Equals(s.Name, name, System.StringComparison.OrdinalIgnoreCase)) is { } service)
                Remove(manager, service);
            else
                WriteVerbose($"No service '{name}' is registered, so nothing is removed.");
        }
    }

    private void Remove(IServiceManager manager, ServiceRecord service)
    {
        if (!ShouldProcess(string.Join(", ", service.Paths), $"Stop {service.Name} and remove"))
            return;
        try
        {
            if (service.IsEdited && !Force)
                throw new TentacleException(TentacleErrorKind.LocalFile, $"The service {service.Name} was edited since it was registered and is not removed: give -Force if nothing in {string.Join(", ", service.Paths)} is needed any more.") { File = service.Paths[0], Step = "service" };
            manager.Stop(service);
            ServiceStore.Remove(service.Paths, Force);
            manager.Forget(service);
        }
        catch (TentacleException e)
        {
            Report(e, service.Name);
        }
    }
}
