namespace PandoraSync.Server;

/// <summary>Importance of a log entry, in stock's three words (protocol.md, section 8).</summary>
internal enum TentacleLogLevel
{
    /// <summary>Something failed.</summary>
    Error,

    /// <summary>Something was done, such as a file stored or given away.</summary>
    Log,

    /// <summary>Detail for whoever looks for a cause.</summary>
    Info,
}
