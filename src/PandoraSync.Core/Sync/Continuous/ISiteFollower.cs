using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace PandoraSync.Sync.Continuous;

/// <summary>What else is done with sites once they have been drained.</summary>
internal interface ISiteFollower
{
    /// <summary>Does it. What goes wrong is told, and is no end of the run.</summary>
    /// <param name="sites">Sites that answered when they were drained just now.</param>
    /// <param name="log">Told what happens, from any thread.</param>
    /// <param name="cancellationToken">Ends it at once; it is gone on with the next time.</param>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    Task FollowAsync(IReadOnlyList<SyncSite> sites, Action<SyncLogEntry> log, CancellationToken cancellationToken);
}
