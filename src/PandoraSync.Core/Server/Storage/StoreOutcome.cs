namespace PandoraSync.Server.Storage;

/// <summary>What became of a whole file that was to get its name.</summary>
internal enum StoreOutcome
{
    /// <summary>It has its name.</summary>
    Stored,

    /// <summary>Another file has the name, and nothing is overwritten.</summary>
    Exists,

    /// <summary>A client is moving the file that it would replace.</summary>
    InUse,

    /// <summary>A folder or something else that is no file has the name.</summary>
    NotAFile,

    /// <summary>The buffer is at its limit.</summary>
    Full,
}
