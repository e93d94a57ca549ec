namespace PandoraSync.RemoteConfiguration;

/// <summary>What became of one configuration, collection or command.</summary>
internal enum ConfigurationOutcome
{
    /// <summary>It was copied to the other side.</summary>
    Copied,

    /// <summary>It was removed on the other side, as it had been on one.</summary>
    Removed,

    /// <summary>It was deleted on one side, and is still there on the other.</summary>
    Deleted,

    /// <summary>Both sides have changed, and nothing was done.</summary>
    Conflict,

    /// <summary>Another site has an agent of this name.</summary>
    Duplicate,

    /// <summary>A part of it is missing, as while it is being written.</summary>
    Incomplete,

    /// <summary>Whether a command has arrived is not known; it is not sent again.</summary>
    Unconfirmed,

    /// <summary>It was left, for the reason that is given.</summary>
    Skipped,

    /// <summary>It could not be carried; the next run tries again.</summary>
    Failed,
}
