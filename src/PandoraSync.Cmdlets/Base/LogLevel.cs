namespace PandoraSync.Cmdlets.Base;

/// <summary>How important a line of a log is.</summary>
internal enum LogLevel
{
    /// <summary>A person must see to it.</summary>
    Error,

    /// <summary>A person may have to see to it.</summary>
    Warning,

    /// <summary>Something has happened.</summary>
    Information,

    /// <summary>The story.</summary>
    Verbose,
}
