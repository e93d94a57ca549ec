using System.Collections.Generic;

namespace PandoraSync.Sync.Continuous;

/// <summary>Where a continuous run has its plan from, at its start and again when something has changed.</summary>
internal interface ISyncPlanSource
{
    /// <summary>The files that the plan was made from last: configuration, certificates, keys, authorities. They are looked at now and then.</summary>
    IReadOnlyCollection<string> Files { get; }

    /// <summary>Makes the plan from what the files have now.</summary>
    /// <exception cref="Protocol.TentacleException">One of them is missing or wrong.</exception>
    SyncPlan Read();
}
