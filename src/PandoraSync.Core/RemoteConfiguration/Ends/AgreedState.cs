namespace PandoraSync.RemoteConfiguration.Ends;

/// <summary>How far an agreement about a file has come.</summary>
internal enum AgreedState
{
    /// <summary>Both sides had it; a command has arrived.</summary>
    Agreed,

    /// <summary>It was deleted on both sides, and does not come back by itself.</summary>
    Deleted,

    /// <summary>A command is about to be sent: from now on it may have arrived.</summary>
    Sending,
}
