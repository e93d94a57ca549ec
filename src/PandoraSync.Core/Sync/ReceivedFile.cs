namespace PandoraSync.Sync;

/// <summary>A file that has arrived whole and flushed.</summary>
/// <param name="Site">Where it came from: <c>host:port</c>.</param>
/// <param name="Name">Its name at the site.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Path">Where it is now; the name differs if it was taken by other content.</param>
internal sealed record ReceivedFile(string Site, string Name, long Length, string Path);
