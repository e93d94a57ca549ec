using System;
using System.IO;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Threading;
using PandoraSync.Cmdlets.Servers;

namespace PandoraSync.Cmdlets.Base;

/// <summary>
/// Picks the asset of Core for the runtime at hand: net10.0 for PowerShell 7.6 and later, netstandard2.0 for everything older, Windows PowerShell 5.1
/// included. It is loaded when a cmdlet first needs it, so an import costs neither that nor a script that picks.
/// </summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    private static readonly string Folder = Path.Combine(
        Path.GetDirectoryName(typeof(ModuleInitializer).Assembly.Location)!,
        Environment.Version.Major >= 10 ? "net10.0" : "netstandard2.0");

    private static int _isRegistered;

    /// <inheritdoc/>
    public void OnImport()
    {
        // Once a process: a second import, in another runspace or with -Force, finds the same assemblies.
        if (Interlocked.Exchange(ref _isRegistered, 1) == 0)
            AppDomain.CurrentDomain.AssemblyResolve += (_, e) => Find(new AssemblyName(e.Name).Name);
    }

    /// <summary>Stops the servers that this runspace has started: without the module nobody could stop them any more.</summary>
    /// <param name="psModuleInfo">The module.</param>
    public void OnRemove(PSModuleInfo psModuleInfo) => ServerRegistry.StopOf(Runspace.DefaultRunspace);

    private static Assembly? Find(string? name) =>
        name is "PandoraSync.Core" or "PandoraSync.BouncyCastle" ? Assembly.LoadFrom(Path.Combine(Folder, name + ".dll")) : null;
}
