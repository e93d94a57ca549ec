namespace PandoraSync.Sync;

/// <summary>A file that was not taken and is still where it was.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Reason">Why, as a sentence.</param>
public sealed record LeftFile(string Name, string Reason);
