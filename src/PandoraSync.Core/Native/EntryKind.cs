namespace PandoraSync.Native;

/// <summary>What a folder's entry is, itself: a symbolic link is not what it points to.</summary>
internal enum EntryKind
{
    /// <summary>Nothing has the name.</summary>
    Missing,

    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder, symbolic link, device, pipe or socket.</summary>
    Other,
}
