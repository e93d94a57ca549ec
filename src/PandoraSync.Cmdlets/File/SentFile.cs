namespace PandoraSync.Cmdlets.File;

/// <summary>A file that a server has confirmed to have.</summary>
/// <param name="Name">Its name at the server.</param>
/// <param name="Length">Bytes of its content.</param>
/// <param name="Endpoint">The server: <c>host:port</c>.</param>
/// <param name="Path">The file that was sent.</param>
public sealed record SentFile(string Name, long Length, string Endpoint, string Path);
