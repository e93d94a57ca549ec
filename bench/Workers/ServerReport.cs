using System.Collections.Generic;
using PandoraSync.Protocol;

namespace PandoraSync.Bench;

/// <summary>Where a worker's servers listen.</summary>
internal sealed record ServerReport
{
    /// <summary>Connections that they have had.</summary>
    public long Connections { get; init; }

    /// <summary>Of them, those that went on with a TLS session of before.</summary>
    public long Resumed { get; init; }

    public required IReadOnlyList<string> Endpoints { get; init; }

    /// <summary>The only one.</summary>
    public TentacleEndpoint Endpoint() => TentacleEndpoint.Parse(Endpoints[0]);
}
