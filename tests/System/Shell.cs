using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;

namespace PandoraSync.SystemTests;

/// <summary>The real PowerShell, as the tool manifest has it.</summary>
internal static class Shell
{
    private static readonly Lazy<string> Found = new(Find);

    /// <summary>The program to start. The tool's own command starts a child, which signals to it would not reach.</summary>
    public const string Program = "dotnet";

    /// <summary>What comes before the arguments for pwsh.</summary>
    public static IReadOnlyList<string> FirstArguments => [Found.Value, "-NoProfile"];

    /// <summary>What its surroundings must have: the module in the module path, as where it is installed, and no colours.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["PSModulePath"] = Repository.Modules,
        ["NO_COLOR"] = "1",
        ["POWERSHELL_TELEMETRY_OPTOUT"] = "1",
        ["POWERSHELL_UPDATECHECK"] = "Off",
    };

    private static string Find()
    {
        string[] arguments = ["tool", "run", "pwsh", "-NoProfile", "-Command", "[Console]::Out.Write([Reflection.Assembly]::GetEntryAssembly().Location)"];
        using var process = Process.Start(new ProcessStartInfo(Program, arguments) { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, UseShellExecute = false })!;
        var path = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 && File.Exists(path) ? path : throw new InvalidOperationException($"'dotnet tool run pwsh' does not work in {Repository.Root}: run 'dotnet tool restore' there. It said: {path}");
    }
}
