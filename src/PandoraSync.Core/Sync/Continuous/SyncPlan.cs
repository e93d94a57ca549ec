using System.Collections.Generic;

namespace PandoraSync.Sync.Continuous;

/// <summary>What a continuous run drains for now.</summary>
/// <param name="Sites">The sites, each once.</param>
/// <param name="Options">How, and where to.</param>
internal sealed record SyncPlan(IReadOnlyList<SyncSite> Sites, SyncOptions Options)
{
    /// <summary>Has the sites that answered, once they have been drained; null for nobody.</summary>
    public ISiteFollower? Follower { get; init; }
}
