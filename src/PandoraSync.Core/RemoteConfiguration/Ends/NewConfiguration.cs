namespace PandoraSync.RemoteConfiguration.Ends;

/// <summary>A version of an agent's configuration, checked against its digest.</summary>
/// <param name="Name">What the agent's files are called.</param>
/// <param name="Content">The content.</param>
/// <param name="Digest">Its MD5.</param>
/// <param name="Agreed">The digest of the version that may be replaced, since both sides had it; null for none.</param>
internal sealed record NewConfiguration(string Name, byte[] Content, string Digest, string? Agreed);
