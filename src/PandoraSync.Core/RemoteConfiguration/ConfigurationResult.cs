using System;
using PandoraSync.Protocol;

namespace PandoraSync.RemoteConfiguration;

/// <summary>What became of one site in one run.</summary>
internal sealed record ConfigurationResult
{
    /// <summary>The site: <c>host:port</c>.</summary>
    public required string Site { get; init; }

    /// <summary>Agents whose configuration is the same on both sides.</summary>
    public required int Unchanged { get; init; }

    /// <summary>Files that were copied, either way; a pair counts once.</summary>
    public required int Copied { get; init; }

    /// <summary>What else was said of files.</summary>
    public required int Reported { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Bytes that went over the line, to the site.</summary>
    public required long BytesSent { get; init; }

    /// <summary>Bytes that came over the line.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>Why the site could not be done to its end; null if it was.</summary>
    public TentacleException? Error { get; init; }
}
