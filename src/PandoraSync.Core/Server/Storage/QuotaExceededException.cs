using System.IO;

namespace PandoraSync.Server.Storage;

/// <summary>There is no room for a file.</summary>
/// <param name="reason">The reason for the client.</param>
internal sealed class QuotaExceededException(string reason) : IOException(reason)
{
    /// <summary>The reason for the client.</summary>
    public string Reason { get; } = reason;
}
