namespace PandoraSync.RemoteConfiguration;

/// <summary>How far a site is.</summary>
/// <param name="Site">The site: <c>host:port</c>.</param>
/// <param name="Step">What is being done, as the end of a sentence.</param>
/// <param name="Done">So many of them are done.</param>
/// <param name="Total">So many there are.</param>
internal sealed record ConfigurationProgress(string Site, string Step, int Done, int Total);
