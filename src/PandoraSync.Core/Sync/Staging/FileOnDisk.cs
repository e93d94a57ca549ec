namespace PandoraSync.Sync.Staging;

/// <summary>How far a file that lies here is on its way to the disk.</summary>
internal enum FileOnDisk
{
    /// <summary>Its content is written.</summary>
    Written,

    /// <summary>
    /// Its content must be written once more before it is flushed: a flush of it has failed, or an earlier run may have been told of what
    /// could not be written, and the system does not tell again.
    /// </summary>
    Suspect,

    /// <summary>Its content is on disk.</summary>
    Flushed,

    /// <summary>So is its entry, where a later run finds it.</summary>
    Durable,
}
