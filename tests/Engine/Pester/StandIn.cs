using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using PandoraSync.TestSupport;

namespace PandoraSync.Tests.Engine.Pester;

/// <summary>Runs files that are written for Pester in the engine, by a strict stand-in for the part of Pester that they use.</summary>
internal static class StandIn
{
    /// <summary>Runs a file in a runspace of its own.</summary>
    /// <exception cref="RuntimeException">The file could not be discovered, or has no It.</exception>
    public static StandInResult Run(string path)
    {
        using var drive = new TempFolder();
        using var runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        runspace.Open();
        using var shell = PowerShell.Create(runspace);
        shell.AddScript(Script(), useLocalScope: false).Invoke();
        shell.Commands.Clear();
        shell.AddCommand("Invoke-StandIn").AddParameter("Path", path).AddParameter("Drive", drive.Path);
        var results = shell.Invoke().Select(r => (Name: $"{r.Properties["Name"].Value}", Error: $"{r.Properties["Error"].Value}")).ToArray();
        return new StandInResult(
            [.. results.Where(r => r.Error.Length == 0).Select(r => r.Name)],
            [.. results.Where(r => r.Error.Length > 0).Select(r => $"{r.Name}: {r.Error}")]);
    }

    private static string Script()
    {
        using var stream = typeof(StandIn).Assembly.GetManifestResourceStream("StandIn.ps1") ?? throw new InvalidOperationException("The stand-in's script is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
