using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Drain;

/// <summary>A question to a server: for a file's content, or for its removal.</summary>
internal sealed class DrainStep(DrainItem item, StagedFile? removed = null, StagedFile? kept = null)
{
    /// <summary>The file.</summary>
    public DrainItem Item { get; } = item;

    /// <summary>Our copy, if the question is to remove what equals it; null if the content is asked for.</summary>
    public StagedFile? Removed { get; } = removed;

    /// <summary>An older copy to compare with; null if there is none, or once it has been seen to.</summary>
    public StagedFile? Kept { get; set; } = kept;

    /// <summary>True if the server has answered that it no longer has the file.</summary>
    public bool IsGone { get; set; }

    /// <summary>What was received; null if nothing was asked for or has come.</summary>
    public StagedFile? Received { get; set; }
}
