using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Sync.Continuous;
using PandoraSync.Sync.Drain;
using PandoraSync.Sync.Journal;
using PandoraSync.Sync.Monitoring;
using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync;

/// <summary>The sync server: drains sites into the incoming directory, several side by side.</summary>
internal static class SyncRunner
{
    /// <summary>Drains sites. A site that fails does not keep the others.</summary>
    /// <param name="sites">The sites; one named twice is drained once.</param>
    /// <param name="options">How.</param>
    /// <param name="completed">Told each site's result as soon as it is there, from any thread; null for nobody.</param>
    /// <param name="cancellationToken">Ends the run at once; the next run finishes what was under way.</param>
    /// <returns>One result a site, in the order given; then one for each other site of which an earlier run had left files that only needed to be delivered.</returns>
    /// <exception cref="Protocol.TentacleException">The incoming directory is missing, cannot be written, or another run has it.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public static async Task<IReadOnlyList<SiteResult>> DrainAsync(IEnumerable<SyncSite> sites, SyncOptions options, Action<SiteResult>? completed, CancellationToken cancellationToken)
    {
        using var incoming = IncomingDirectory.Open(options.IncomingDirectory);
        var journal = options.Journal is { } limits ? new SyncJournal(options.IncomingDirectory, limits, SyncClock.System, options.Warn) : null;
        var monitor = journal is not null && options.Monitoring is { } monitoring ? new SelfMonitor(monitoring, SyncClock.System, options.Warn) : null;
        journal?.Open();
        monitor?.Begin(journal!.Statuses);
        var distinct = SyncSite.Distinct(sites, options.Warn);
        try
        {
            var results = await DrainAsync(distinct, options, incoming, Note, cancellationToken).ConfigureAwait(false);
            monitor?.Report(incoming, journal!.StatusesOf(distinct));
            return results;
        }
        finally
        {
            journal?.Close(isLast: true);
        }

        void Note(SiteResult result)
        {
            journal?.Record(result);
            completed?.Invoke(result);
        }
    }

    private static async Task<IReadOnlyList<SiteResult>> DrainAsync(IReadOnlyList<SyncSite> sites, SyncOptions options, IncomingDirectory incoming, Action<SiteResult> completed, CancellationToken cancellationToken)
    {
        using var places = new SemaphoreSlim(options.ThrottleLimit);
        var others = await FinishOthersAsync(sites, options, incoming).ConfigureAwait(false);
        foreach (var other in others)
            completed(other);
        var drains = sites.Select(site => DrainOneAsync(site, options, incoming, places, completed, cancellationToken)).ToArray();
        return [.. await Task.WhenAll(drains).ConfigureAwait(false), .. others];
    }

    /// <summary>Takes certain files of one site.</summary>
    /// <param name="site">The site.</param>
    /// <param name="names">The files' names; null for all.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends the run at once; the next run finishes what was under way.</param>
    /// <exception cref="Protocol.TentacleException">The incoming directory is missing, cannot be written, or another run has it.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public static async Task<SiteResult> TakeAsync(SyncSite site, IReadOnlyCollection<string>? names, SyncOptions options, CancellationToken cancellationToken)
    {
        using var incoming = IncomingDirectory.Open(options.IncomingDirectory);
        await FinishOthersAsync([site], options, incoming).ConfigureAwait(false);
        return await new SiteDrain(site, options, incoming, names).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sees to what earlier runs have left of other sites; a run that only copies leaves that of its own sites too.</summary>
    internal static Task<IReadOnlyList<SiteResult>> FinishOthersAsync(IEnumerable<SyncSite> sites, SyncOptions options, IncomingDirectory incoming) =>
        new Leftovers(incoming, new HashSet<string>(options.KeepsFiles ? [] : sites.Select(s => s.FolderName), StringComparer.Ordinal), options).FinishAsync();

    private static async Task<SiteResult> DrainOneAsync(SyncSite site, SyncOptions options, IncomingDirectory incoming, SemaphoreSlim places, Action<SiteResult> completed, CancellationToken cancellationToken)
    {
        await places.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var result = await new SiteDrain(site, options, incoming, names: null).RunAsync(cancellationToken).ConfigureAwait(false);
            completed(result);
            return result;
        }
        finally
        {
            places.Release();
        }
    }
}
