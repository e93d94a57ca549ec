namespace PandoraSync.Client;

/// <summary>What became of a file that a server was to delete by its content (protocol.md, section 9).</summary>
internal enum DeletionOutcome
{
    /// <summary>It had that content and is gone.</summary>
    Deleted,

    /// <summary>There was no such file.</summary>
    Missing,

    /// <summary>It has other content and is still there.</summary>
    OtherContent,
}
