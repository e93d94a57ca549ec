namespace PandoraSync.RemoteConfiguration.Plan;

/// <summary>What one side has of an agent's configuration.</summary>
/// <param name="Digest">What its <c>.md5</c> says; null if there is none, or it is not one.</param>
/// <param name="HasContent">Whether the <c>.conf</c> is there.</param>
internal readonly record struct SideVersion(string? Digest, bool HasContent)
{
    /// <summary>Both files are there.</summary>
    public bool IsWhole => Digest is not null && HasContent;

    /// <summary>The configuration is there without its digest: somebody writes it just now, or has been interrupted.</summary>
    public bool IsUnfinished => Digest is null && HasContent;

    /// <summary>There is nothing that counts: a digest alone is left over.</summary>
    public bool IsAbsent => !HasContent;
}
