using PandoraSync.Protocol;

namespace PandoraSync.RemoteConfiguration.Ends;

/// <summary>The answer to a question for one file.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Content">Its content; null if there is no such file, or it was not taken.</param>
/// <param name="Error">Why it was not taken; null if it was, or is not there.</param>
internal sealed record FetchedFile(string Name, byte[]? Content, TentacleException? Error = null);
