namespace PandoraSync.RemoteConfiguration;

/// <summary>What is carried between a site and the main server.</summary>
internal enum ConfigurationKind
{
    /// <summary>An agent's configuration: <c>.conf</c> with its <c>.md5</c>.</summary>
    Configuration,

    /// <summary>A collection of files: <c>.zip</c> with its <c>.md5</c>; from the main server only.</summary>
    Collection,

    /// <summary>A command: <c>.rcmd</c>; from the main server only, and once.</summary>
    Command,
}
