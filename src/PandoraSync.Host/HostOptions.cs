namespace PandoraSync.Host;

/// <summary>The command line, read.</summary>
internal sealed record HostOptions
{
    public HostAction Action { get; init; } = HostAction.Prompt;

    /// <summary>The command's text or the script's path; <c>-</c> stands for a script on standard input.</summary>
    public string Text { get; init; } = string.Empty;

    /// <summary>The script's arguments, as they stand in PowerShell after a command.</summary>
    public string Arguments { get; init; } = string.Empty;

    public bool NonInteractive { get; init; }
}
