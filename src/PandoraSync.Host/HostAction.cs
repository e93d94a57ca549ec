namespace PandoraSync.Host;

/// <summary>What the command line asks for.</summary>
internal enum HostAction
{
    Prompt,
    Command,
    File,
    Version,
    Help,
}
