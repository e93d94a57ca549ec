namespace PandoraSync.Sync.Staging;

/// <summary>What became, at its server, of a file whose content lies here.</summary>
internal enum FileAtServer
{
    /// <summary>The server has it too: nobody has told it to remove it.</summary>
    Present,

    /// <summary>The server has been told to remove it, and its answer is on the way.</summary>
    RemovalAsked,

    /// <summary>The server may have removed it: that answer was lost, or it is an earlier run's. Ours may be the only copy.</summary>
    Unknown,

    /// <summary>The server has a file of its name, perhaps with other content: ours may be the only copy of this one.</summary>
    Found,

    /// <summary>The server no longer has it: it is ours to deliver.</summary>
    Removed,
}
