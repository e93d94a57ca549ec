using System.Management.Automation;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Native;
using PandoraSync.Services;

namespace PandoraSync.Cmdlets.Services;

/// <summary>What the cmdlets for services share: which manager runs them, and where its files are.</summary>
public abstract class ServiceCmdlet : PandoraSyncCmdlet
{
    /// <summary>What runs the services: Systemd, or TaskScheduler on Windows. The other one's text can be shown with -WhatIf, or written with -Directory.</summary>
    [Parameter]
    [ValidateSet("Systemd", "TaskScheduler")]
    public string Manager { get; set; } = string.Empty;

    /// <summary>The folder of units or documents; the system's own by default. In another one, such as that of an image, nothing is started.</summary>
    [Parameter]
    [Alias("UnitDirectory")]
    [ValidateNotNullOrEmpty]
    public string? Directory { get; set; }

    /// <summary>The manager that is meant.</summary>
    private protected IServiceManager GetManager()
    {
        var folder = Directory is null ? null : FileSystemPath(Directory);
        return Manager is "TaskScheduler" || (Manager.Length == 0 && FileSystemCalls.IsWindows)
            ? new TaskScheduler(folder ?? TaskScheduler.DefaultFolder, WriteVerbose)
            : new Systemd(folder ?? SystemdUnits.DefaultFolder, WriteVerbose);
    }
}
