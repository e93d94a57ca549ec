using System.Collections.Generic;
using System.Management.Automation.Runspaces;

namespace PandoraSync.Host;

/// <summary>The command line, read.</summary>
internal sealed record HostOptions
{
    public HostAction Action { get; init; } = HostAction.Prompt;

    /// <summary>The command's text or the script's path; <c>-</c> stands for a script on standard input.</summary>
    public string Text { get; init; } = string.Empty;

    /// <summary>The script's arguments, bound as pwsh binds them.</summary>
    public IReadOnlyList<CommandParameter> Arguments { get; init; } = [];

    public bool NonInteractive { get; init; }
}
