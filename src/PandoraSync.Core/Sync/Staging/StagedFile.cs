using System.IO;

namespace PandoraSync.Sync.Staging;

/// <summary>A file of a site on its way into the incoming directory.</summary>
internal sealed class StagedFile
{
    /// <summary>A file that lies in our own folder.</summary>
    /// <param name="name">Its name at the site.</param>
    /// <param name="path">Where it lies.</param>
    /// <param name="length">Bytes.</param>
    public StagedFile(string name, string path, long length)
    {
        Name = name;
        Path = path;
        Length = length;
    }

    /// <summary>Its name at the site.</summary>
    public string Name { get; }

    /// <summary>Where it lies now.</summary>
    public string Path { get; set; }

    /// <summary>Bytes.</summary>
    public long Length { get; }

    /// <summary>What it was received by, still open, so that its flush is told of what could not be written; null if it is closed.</summary>
    public FileStream? Content { get; set; }

    /// <summary>True once its content is on disk.</summary>
    public bool IsFlushed { get; set; }

    /// <summary>
    /// True if its content must be written once more before it is flushed: a flush of it has failed, or an earlier run may have been told
    /// of what could not be written, and the system does not tell again.
    /// </summary>
    public bool NeedsRewrite { get; set; }

    /// <summary>True once it is on disk where a later run finds it.</summary>
    public bool IsDurable { get; set; }

    /// <summary>True if the server is still to be told to move it.</summary>
    public bool NeedsMove { get; set; }

    /// <summary>True if the server may have been told to move it: if it is gone there, it is ours to deliver.</summary>
    public bool MayBeMoved { get; set; }

    /// <summary>The content's SHA-256; null if it is not known.</summary>
    public string? Sha256 { get; set; }

    /// <summary>How often the file has failed in this run.</summary>
    public int Attempts { get; set; }

    /// <summary>True if an earlier run had begun it.</summary>
    public bool IsRecovered { get; init; }

    /// <summary>New content that the server had under the name by the time of the move; delivered as well.</summary>
    public StagedFile? Newer { get; set; }

    /// <summary>True if <see cref="Newer"/> contains all of this, so that this need not be delivered.</summary>
    public bool IsSuperseded { get; set; }
}
