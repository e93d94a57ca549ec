using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using PandoraSync.TestSupport;

namespace PandoraSync.Tests.Engine.Pester;

/// <summary>
/// Runs one file written for Pester 5 and 6 in the PowerShell engine: first the file, which only collects blocks and tests (discovery), then
/// these. It knows a subset of Pester; anything else in a file is an error.
/// </summary>
public sealed class PesterFile
{
    internal const string StateVariable = "PesterStandInFile";

    private static readonly (string Name, Type Type)[] Keywords =
    [
        ("Describe", typeof(DescribeKeyword)), ("Context", typeof(DescribeKeyword)), ("It", typeof(ItKeyword)),
        ("BeforeAll", typeof(StepKeyword)), ("AfterAll", typeof(StepKeyword)), ("BeforeEach", typeof(StepKeyword)), ("AfterEach", typeof(StepKeyword)),
        ("BeforeDiscovery", typeof(DiscoveryKeyword)), ("Should", typeof(ShouldKeyword)),
    ];

    private PesterFile(string path) => Current = Root = new PesterBlock(Path.GetFileName(path), parent: null);

    public PesterBlock Root { get; }

    /// <summary>The block whose body is read; null when the reading is over.</summary>
    internal PesterBlock? Current { get; set; }

    public IReadOnlyList<PesterTest> Tests => [.. Root.Tests];

    /// <summary>What went wrong outside of tests; empty if all is well.</summary>
    public IReadOnlyList<string> Errors => [.. Root.Errors];

    /// <summary>Reads and runs a file.</summary>
    public static PesterFile Run(string path)
    {
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
        var file = new PesterFile(path);
        using var drive = new TempFolder();
        var state = InitialSessionState.CreateDefault2();
        foreach (var (name, type) in Keywords)
        {
            // A cmdlet's name must have a verb and a noun; the keyword is its alias.
            state.Commands.Add(new SessionStateCmdletEntry("Pester-" + name, type, helpFileName: null));
            state.Commands.Add(new SessionStateAliasEntry(name, "Pester-" + name));
        }

        state.Variables.Add(new SessionStateVariableEntry(StateVariable, file, description: null, ScopedItemOptions.Constant));
        state.Variables.Add(new SessionStateVariableEntry("TestDrive", drive.Path, description: null));
        using var runspace = RunspaceFactory.CreateRunspace(state);
        runspace.Open();

        file.Invoke(runspace, new PSCommand().AddCommand(path));
        if (file.Errors.Count > 0)
            return file;
        file.Current = null;
        if (file.Tests.Count == 0)
            file.Root.Fail("It has no tests.");
        foreach (var twice in file.Tests.GroupBy(test => test.Path, StringComparer.Ordinal).Where(group => group.Count() > 1))
            file.Root.Fail($"Two tests are named '{twice.Key}'.");
        using var script = new StreamReader(typeof(PesterFile).Assembly.GetManifestResourceStream("Run.ps1")!);
        file.Invoke(runspace, new PSCommand().AddScript(script.ReadToEnd(), useLocalScope: true).AddArgument(file.Root).AddArgument(drive.Path));
        return file;
    }

    private void Invoke(Runspace runspace, PSCommand command)
    {
        using var shell = PowerShell.Create(runspace);
        shell.Commands = command;
        try
        {
            shell.Invoke();
            foreach (var error in shell.Streams.Error)
                Root.Fail(error);
        }
        catch (RuntimeException e)
        {
            Root.Fail(e.ErrorRecord);
        }
    }
}
