using PandoraSync.Protocol;
using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Drain;

/// <summary>A question to a server: for a file's content, for its removal, or whether all answers so far came in their places.</summary>
internal sealed class DrainStep(DrainItem item, StagedFile? removed = null, StagedFile? kept = null)
{
    /// <summary>True for the question whose answer proves those before it (protocol.md, section 10).</summary>
    public bool IsSyncPoint { get; private init; }

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

    /// <summary>True if a content may come of it.</summary>
    public bool IsReceive => Removed is null && !IsSyncPoint;

    /// <summary>A sync point.</summary>
    public static DrainStep SyncPoint() => new(new DrainItem(FileNameRules.ProbeName)) { IsSyncPoint = true };
}
