using System.Collections.Generic;

namespace PandoraSync.Sync.Continuous;

/// <summary>One worker's share of a plan.</summary>
/// <param name="whole">What all workers drain between them.</param>
/// <param name="share">Which of it is this worker's.</param>
internal sealed class SharedPlan(ISyncPlanSource whole, WorkerShare share) : ISyncPlanSource
{
    /// <inheritdoc/>
    public IReadOnlyCollection<string> Files => whole.Files;

    /// <inheritdoc/>
    public SyncPlan Read()
    {
        var plan = whole.Read();
        return plan with { Sites = share.Of(plan.Sites) };
    }
}
