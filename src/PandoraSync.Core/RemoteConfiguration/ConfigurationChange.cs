using PandoraSync.Protocol;

namespace PandoraSync.RemoteConfiguration;

/// <summary>One thing that a run did, or has to say.</summary>
internal sealed record ConfigurationChange
{
    /// <summary>The site: <c>host:port</c>.</summary>
    public required string Site { get; init; }

    /// <summary>What it is.</summary>
    public required ConfigurationKind Kind { get; init; }

    /// <summary>The file's name; of a pair that which is not the <c>.md5</c>.</summary>
    public required string File { get; init; }

    /// <summary>The agent's name where its configuration says it and it fits the file's name; null if it is not known.</summary>
    public string? Agent { get; init; }

    /// <summary>Which way.</summary>
    public required ConfigurationDirection Direction { get; init; }

    /// <summary>What became of it.</summary>
    public required ConfigurationOutcome Outcome { get; init; }

    /// <summary>Why, as a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>Bytes of content that were copied.</summary>
    public long Bytes { get; init; }

    /// <summary>Where the version is kept that was replaced or removed; null if there was none to be kept.</summary>
    public string? KeptAs { get; init; }

    /// <summary>The error, where it failed; null otherwise.</summary>
    public TentacleException? Error { get; init; }
}
