using PandoraSync.Protocol;

namespace PandoraSync.Sync;

/// <summary>A file that was not taken and is still where it was.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Reason">Why, as a sentence.</param>
/// <param name="Kind">Why, as one of the few kinds.</param>
internal sealed record SkippedFile(string Name, string Reason, TentacleErrorKind Kind);
