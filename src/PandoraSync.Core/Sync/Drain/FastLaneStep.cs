using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Drain;

/// <summary>A question to a server with the fast lane: for a file's content, or for its deletion.</summary>
/// <param name="Item">The file.</param>
/// <param name="Deleted">Our copy, if the question is to delete what equals it; null if the content is asked for.</param>
/// <param name="MayHaveBeenMoved">True if the server may have been told before to delete it: if it is gone there, it is ours to deliver.</param>
/// <param name="Kept">An older copy, which may be the only one of its content, where the server turned out to have other content.</param>
internal sealed record FastLaneStep(DrainItem Item, StagedFile? Deleted = null, bool MayHaveBeenMoved = false, StagedFile? Kept = null);
