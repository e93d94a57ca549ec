namespace PandoraSync.Sync.Continuous;

/// <summary>How important a line of a continuous run is.</summary>
internal enum SyncLogLevel
{
    /// <summary>A person must see to it.</summary>
    Error,

    /// <summary>A person may have to see to it, if it stays so.</summary>
    Warning,

    /// <summary>Something has changed.</summary>
    Information,

    /// <summary>The story, for who looks for something.</summary>
    Verbose,
}
