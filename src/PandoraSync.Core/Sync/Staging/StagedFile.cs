using System.IO;

namespace PandoraSync.Sync.Staging;

/// <summary>A file of a site on its way into the incoming directory: onto the disk, and out of the server's hands.</summary>
internal sealed class StagedFile(string name, string path, long length, FileOnDisk onDisk = FileOnDisk.Written, FileAtServer atServer = FileAtServer.Present)
{
    /// <summary>Its name at the site.</summary>
    public string Name { get; } = name;

    /// <summary>Where it lies now.</summary>
    public string Path { get; set; } = path;

    /// <summary>Bytes.</summary>
    public long Length { get; } = length;

    /// <summary>How far it is on its way to the disk.</summary>
    public FileOnDisk OnDisk { get; private set; } = onDisk;

    /// <summary>What became of it at its server.</summary>
    public FileAtServer AtServer { get; private set; } = atServer;

    /// <summary>True once its content is on disk.</summary>
    public bool IsFlushed => OnDisk is FileOnDisk.Flushed or FileOnDisk.Durable;

    /// <summary>True once it is on disk where a later run finds it.</summary>
    public bool IsDurable => OnDisk == FileOnDisk.Durable;

    /// <summary>True if nobody else may have its content any more.</summary>
    public bool MayBeOnlyCopy => AtServer != FileAtServer.Present;

    /// <summary>What it was received by, still open, so that its flush is told of what could not be written; null if it is closed.</summary>
    public FileStream? Content { get; set; }

    /// <summary>The content's SHA-256; null if it is not known.</summary>
    public string? Sha256 { get; set; }

    /// <summary>How often the file has failed in this run.</summary>
    public int Attempts { get; set; }

    /// <summary>True if an earlier run had begun it.</summary>
    public bool IsRecovered { get; init; }

    /// <summary>New content that the server had under the name by the time of the removal; delivered as well.</summary>
    public StagedFile? Newer { get; set; }

    /// <summary>True if <see cref="Newer"/> contains all of this, so that this need not be delivered.</summary>
    public bool IsSuperseded { get; set; }

    /// <summary>Its content has come to the disk.</summary>
    public void EndFlush() => OnDisk = FileOnDisk.Flushed;

    /// <summary>A flush has failed. To the system what it could not write is written, so that flushing once more would prove nothing.</summary>
    public void FailFlush() => OnDisk = IsFlushed ? OnDisk : FileOnDisk.Suspect;

    /// <summary>Its entry has come to the disk.</summary>
    public void MakeDurable() => OnDisk = FileOnDisk.Durable;

    /// <summary>The server is told to remove it. What it may have been told before stays in doubt.</summary>
    public void AskRemoval() => AtServer = AtServer is FileAtServer.Present or FileAtServer.RemovalAsked ? FileAtServer.RemovalAsked : FileAtServer.Unknown;

    /// <summary>The answer to that will not come.</summary>
    public void LoseAnswer() => AtServer = AtServer == FileAtServer.RemovalAsked ? FileAtServer.Unknown : AtServer;

    /// <summary>The server has turned out to have it still, or other content under its name.</summary>
    public void FindAtServer() => AtServer = FileAtServer.Present;

    /// <summary>The server has turned out to have a file of its name.</summary>
    public void FindName() => AtServer = FileAtServer.Found;

    /// <summary>The server has removed it, or turned out not to have it any more.</summary>
    public void ConfirmRemoval() => AtServer = FileAtServer.Removed;
}
