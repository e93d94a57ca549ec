namespace PandoraSync.Sync;

/// <summary>How far a site is.</summary>
/// <param name="Site">The site: <c>host:port</c>.</param>
/// <param name="FilesDone">Files that have arrived, were left or failed.</param>
/// <param name="FilesReceived">Files whose content has come, those included that wait for the disk; some more than once.</param>
/// <param name="FilesTotal">Files found; null while the site has not been asked yet.</param>
/// <param name="Bytes">Content received.</param>
internal sealed record SyncProgress(string Site, long FilesDone, long FilesReceived, long? FilesTotal, long Bytes);
