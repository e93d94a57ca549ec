using System.Collections.Generic;
using PandoraSync.Protocol;

namespace PandoraSync.Bench;

/// <summary>Where a worker's servers listen.</summary>
internal sealed record ServerReport
{
    public required IReadOnlyList<string> Endpoints { get; init; }

    /// <summary>The only one.</summary>
    public TentacleEndpoint Endpoint() => TentacleEndpoint.Parse(Endpoints[0]);
}
