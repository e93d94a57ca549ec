using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace PandoraSync.Sync.Continuous;

/// <summary>The sites that have been drained and that their follower has not had yet. It has them a group at a time, so that one that is slow holds up no drain.</summary>
/// <param name="log">Told what the follower says.</param>
internal sealed class DrainedSites(Action<SyncLogEntry> log)
{
    private readonly HashSet<string> _waiting = new(StringComparer.Ordinal);
    private bool _isUnderWay;

    /// <summary>Adds a site that was drained to its end.</summary>
    public void Add(SyncSite site)
    {
        lock (_waiting)
            _waiting.Add(site.FolderName);
    }

    /// <summary>Gives those that wait to the follower, unless it has not done with those before.</summary>
    /// <param name="plan">What is drained now, and who follows.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The follower's work; done already where there is none.</returns>
    public Task BeginAsync(SyncPlan plan, CancellationToken cancellationToken)
    {
        lock (_waiting)
        {
            var sites = plan.Sites.Where(s => _waiting.Contains(s.FolderName)).ToArray();
            if (_isUnderWay || sites.Length == 0 || plan.Follower is not { } follower)
                return Task.CompletedTask;
            _waiting.Clear();
            _isUnderWay = true;
            return Task.Run(() => FollowAsync(follower, sites, cancellationToken), CancellationToken.None);
        }
    }

    private async Task FollowAsync(ISiteFollower follower, IReadOnlyList<SyncSite> sites, CancellationToken cancellationToken)
    {
        try
        {
            await follower.FollowAsync(sites, log, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end of the run, as it was asked for.
        }
        finally
        {
            lock (_waiting)
                _isUnderWay = false;
        }
    }
}
