using System;
using System.IO;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using Microsoft.PowerShell;

namespace PandoraSync.Host;

/// <summary>One runspace of the PowerShell engine: runs commands and scripts in it, shows their errors and knows their exit codes.</summary>
internal sealed class EngineSession : IDisposable
{
    private const int FailureExitCode = 1;

    private readonly Runspace runspace;
    private int depth;

    public EngineSession(bool nonInteractive)
    {
        Host = new PandoraHost(nonInteractive, Interruption) { NestedPrompt = () => new PromptLoop(this).Run() };
        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
            state.ExecutionPolicy = ExecutionPolicy.RemoteSigned; // pwsh's own; the bare engine would refuse every script file.
        runspace = RunspaceFactory.CreateRunspace(Host, state);
        runspace.ThreadOptions = PSThreadOptions.UseCurrentThread;
        runspace.Open();
        Runspace.DefaultRunspace = runspace;
    }

    public PandoraHost Host { get; }

    public Interruption Interruption { get; } = new();

    /// <summary>Loads the module that belongs to this program, and puts its folder first where modules are looked for by name.</summary>
    /// <returns>False when it could not be loaded; the error has been shown.</returns>
    public bool LoadModule()
    {
        var beside = Path.Combine(AppContext.BaseDirectory, "Modules");
        var built = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "module"));
        var folder = Directory.Exists(Path.Combine(beside, "PandoraSync")) ? beside : built;
        Environment.SetEnvironmentVariable("PSModulePath", folder + Path.PathSeparator + Environment.GetEnvironmentVariable("PSModulePath"));
        return Invoke(new PSCommand()
            .AddCommand("Import-Module")
            .AddParameter("Name", Path.Combine(folder, "PandoraSync", "PandoraSync.psd1"))
            .AddParameter("ErrorAction", ActionPreference.Stop));
    }

    /// <summary>Runs a script's text in the global scope.</summary>
    /// <returns>The exit code as pwsh's -Command has it: that of <c>exit</c>, or 1 when the last statement failed.</returns>
    public int RunCommand(string text)
    {
        var completed = Invoke(new PSCommand().AddScript(text, useLocalScope: false));
        return ExitCode(completed, failed: FailureExitCode);
    }

    /// <summary>Runs a script file.</summary>
    /// <param name="path">The script.</param>
    /// <param name="arguments">Its arguments, as they stand in PowerShell after a command.</param>
    /// <returns>The exit code as pwsh's -File has it: that of <c>exit</c>, or 1 after an error that ended the script.</returns>
    /// <exception cref="UsageException">There is no such script.</exception>
    public int RunFile(string path, string arguments)
    {
        var fullPath = Path.GetFullPath(path);
        if (!File.Exists(fullPath))
            throw new UsageException($"The script file '{fullPath}' does not exist; check its path.");
        if (!string.Equals(Path.GetExtension(fullPath), ".ps1", StringComparison.OrdinalIgnoreCase))
            throw new UsageException($"The script file '{fullPath}' is not named .ps1; only such files are run.");
        var quoted = CodeGeneration.EscapeSingleQuotedStringContent(fullPath);
        var completed = Invoke(new PSCommand().AddScript($"& '{quoted}' {arguments}", useLocalScope: false));

        // "exit n" in a script file only leaves n here and has $? false. Without "exit" a program's code may be here, but $? is true.
        return ExitCode(completed, failed: runspace.SessionStateProxy.GetVariable("LASTEXITCODE") as int? ?? FailureExitCode);
    }

    /// <summary>The prompt's text, from the function <c>prompt</c>, which a user may have replaced.</summary>
    public string Prompt()
    {
        using var shell = CreateShell();
        try
        {
            return string.Concat(shell.AddCommand("prompt").Invoke());
        }
        catch (RuntimeException e)
        {
            Host.Console.WriteErrorRecord(e.ErrorRecord);
            return "> ";
        }
    }

    public void Dispose()
    {
        runspace.Dispose();
        Interruption.Dispose();
    }

    private int ExitCode(bool completed, int failed)
    {
        if (Host.ExitCode is { } asked)
            return asked;
        if (Interruption.ExitCode is { } interrupted)
            return interrupted;
        if (!completed)
            return FailureExitCode;
        using var shell = CreateShell();
        return runspace.SessionStateProxy.GetVariable("?") is false ? failed : 0;
    }

    private bool Invoke(PSCommand command)
    {
        using var shell = CreateShell();
        shell.Commands = command.AddCommand("Out-Default");
        shell.Streams.Error.DataAdded += (_, added) => Host.Console.WriteErrorRecord(shell.Streams.Error[added.Index]);
        depth++;
        Interruption.Begin(shell);
        try
        {
            // What is not for the history leaves $? alone, too.
            shell.Invoke(input: null, new PSInvocationSettings { AddToHistory = true });
            return true;
        }
        catch (PipelineStoppedException)
        {
            return false;
        }
        catch (RuntimeException e)
        {
            Host.Console.WriteErrorRecord(e.ErrorRecord);
            return false;
        }
        finally
        {
            depth--;
            Interruption.End();
            Host.Console.ClearProgress();
        }
    }

    private PowerShell CreateShell()
    {
        if (depth > 0)
            return PowerShell.Create(RunspaceMode.CurrentRunspace); // a nested prompt, inside of a running pipeline
        var shell = PowerShell.Create();
        shell.Runspace = runspace;
        return shell;
    }
}
