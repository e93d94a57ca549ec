namespace PandoraSync.Sync;

/// <summary>How far a site is.</summary>
/// <param name="Site">The site: <c>host:port</c>.</param>
/// <param name="FilesDone">Files that have arrived, were left or failed.</param>
/// <param name="FilesTotal">Files found.</param>
/// <param name="Bytes">Content received.</param>
internal sealed record SyncProgress(string Site, long FilesDone, long FilesTotal, long Bytes);
