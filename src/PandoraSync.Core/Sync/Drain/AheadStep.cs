using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Drain;

/// <summary>A question that was asked ahead: for a file's content, or for its removal.</summary>
/// <param name="Item">The file.</param>
/// <param name="Removed">Our copy, if the question is to remove what equals it; null if the content is asked for.</param>
/// <param name="MayHaveBeenMoved">True if the server may have been told before to remove it: if it is gone there, it is ours to deliver.</param>
/// <param name="Kept">An older copy, which may be the only one of its content, where the server turned out to have other content.</param>
internal sealed record AheadStep(DrainItem Item, StagedFile? Removed = null, bool MayHaveBeenMoved = false, StagedFile? Kept = null)
{
    /// <summary>What was received; null if nothing was asked for or has come.</summary>
    public StagedFile? Received { get; set; }
}
