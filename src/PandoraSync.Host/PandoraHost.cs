using System;
using System.Globalization;
using System.Management.Automation.Host;

namespace PandoraSync.Host;

/// <summary>What the engine knows its surroundings by.</summary>
internal sealed class PandoraHost(bool nonInteractive, Interruption interruption) : PSHost
{
    /// <summary>The version of this program and of the module.</summary>
    public static Version ProductVersion { get; } = typeof(PandoraHost).Assembly.GetName().Version is { } version
        ? new Version(version.Major, version.Minor, version.Build)
        : throw new InvalidOperationException("The program was built without a version.");

    public override string Name => "PandoraSync";

    public override Version Version => ProductVersion;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override CultureInfo CurrentCulture { get; } = CultureInfo.CurrentCulture;

    public override CultureInfo CurrentUICulture { get; } = CultureInfo.CurrentUICulture;

    public override PSHostUserInterface UI => Console;

    public HostUserInterface Console { get; } = new(nonInteractive, interruption);

    /// <summary>What <c>exit</c> asked for; null while it was not called.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Runs a prompt inside of the running pipeline, until <c>exit</c>.</summary>
    public required Action NestedPrompt { get; init; }

    /// <summary>Whether the innermost nested prompt was told to end.</summary>
    public bool NestedPromptEnded { get; private set; }

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt()
    {
        NestedPrompt();
        NestedPromptEnded = false;
    }

    public override void ExitNestedPrompt() => NestedPromptEnded = true;

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}
