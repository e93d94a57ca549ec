using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Sync.Drain;
using PandoraSync.Sync.Journal;
using PandoraSync.Sync.Monitoring;
using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Continuous;

/// <summary>
/// The sync server that goes on: a round every interval, in which each site has its turn that is not being drained still and not known to be dead.
/// Only its end is an end: what a site, a disk or a changed configuration does is told, and the next round tries again.
/// </summary>
/// <param name="source">What is drained.</param>
/// <param name="options">How it goes.</param>
internal sealed class ContinuousSync(ISyncPlanSource source, ContinuousOptions options)
{
    private readonly ConcurrentDictionary<string, SiteTurn> _turns = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, bool> _underWay = new();
    private readonly Random _chance = new();
    private readonly SemaphoreSlim _request = new(0, 1);
    private readonly RepeatedText _told = new(options.Clock);
    private DrainedSites _drained = null!;
    private PlanFollower _plan = null!;
    private IncomingHold _hold = null!;
    private SemaphoreSlim _places = null!;
    private LocalTrouble? _wrongHere;

    /// <summary>Has the files read again and all sites called at once, dead ones included.</summary>
    public void Request()
    {
        try
        {
            _request.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is under way already.
        }
    }

    /// <summary>Sites that are drained, and how many of them did not answer last time.</summary>
    public (int Sites, int Failing) Count => (_plan is null ? 0 : _plan.Current.Sites.Count, _turns.Values.Count(t => t.FailuresInARow > 0));

    /// <summary>Goes on until the token fires; then what is under way is brought to a safe place.</summary>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <exception cref="TentacleException">The first plan cannot be read.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _plan = new PlanFollower(source, options.Clock, Log);
        _drained = new DrainedSites(Log);
        Adopt(_plan.Current);
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                options.Alive?.Invoke();
                BeginRound(cancellationToken);
                await WaitForNextAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end, as it was asked for.
        }

        await Task.WhenAll(_underWay.Keys).ConfigureAwait(false);
        _hold.End();
    }

    private IncomingHold MakeHold(SyncOptions drained)
    {
        var journal = drained.Journal is { } limits ? new SyncJournal(drained.IncomingDirectory, limits, options.Clock, Fail) : null;
        var monitor = journal is not null && drained.Monitoring is { } monitoring ? new SelfMonitor(monitoring, options.Clock, Warn) : null;
        return new IncomingHold(drained.IncomingDirectory, journal, monitor, () => _plan.Current.Sites);
    }

    private void Fail(string text) => Log(new SyncLogEntry(options.Clock.UtcNow, SyncLogLevel.Error, text));

    private void Warn(string text) => Log(new SyncLogEntry(options.Clock.UtcNow, SyncLogLevel.Warning, text));

    /// <summary>Waits for the next round, and meanwhile looks now and then whether the files have changed.</summary>
    private async Task WaitForNextAsync(CancellationToken cancellationToken)
    {
        var next = options.Clock.Elapsed + TimeSpan.FromSeconds(options.Interval.TotalSeconds * (0.9 + (0.2 * _chance.NextDouble())));
        for (var left = next - options.Clock.Elapsed; left > TimeSpan.Zero; left = next - options.Clock.Elapsed)
        {
            var isRequested = await WaitAsync(Least(left, options.LookInterval), cancellationToken).ConfigureAwait(false);
            if (_plan.Follow(isRequested))
                Adopt(_plan.Current);
            options.Alive?.Invoke();
            if (!isRequested)
                continue;
            foreach (var turn in _turns.Values)
                turn.AskAtOnce();
            return;
        }
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <returns>True if a request came.</returns>
    private async Task<bool> WaitAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var request = _request.WaitAsync(end.Token);
        await Task.WhenAny(request, options.Clock.DelayAsync(time, end.Token)).ConfigureAwait(false);
        end.Cancel();
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await request.ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Goes by another plan from the next round on; what is under way ends as it began.</summary>
    private void Adopt(SyncPlan plan)
    {
        if (_hold is null || !string.Equals(_hold.Path, plan.Options.IncomingDirectory, StringComparison.Ordinal))
        {
            _hold?.End();
            _hold = MakeHold(plan.Options);
        }

        _places = new SemaphoreSlim(plan.Options.ThrottleLimit);
        var names = new HashSet<string>(plan.Sites.Select(s => s.FolderName), StringComparer.Ordinal);
        foreach (var gone in _turns.Keys.Where(name => !names.Contains(name)).ToArray())
            _turns.TryRemove(gone, out _);
        foreach (var turn in _turns.Values)
            turn.AskAtOnce();
    }

    private void BeginRound(CancellationToken cancellationToken)
    {
        BeginFollowing(cancellationToken);
        foreach (var site in _plan.Current.Sites)
        {
            var turn = _turns.GetOrAdd(site.FolderName, static _ => new SiteTurn());
            if (turn.TryBegin(options.Clock.Elapsed))
                Follow(Task.Run(() => TakeTurnAsync(site, turn, _plan.Current, _hold, _places, cancellationToken), CancellationToken.None));
            else if (turn.IsUnderWay)
                Log(new SyncLogEntry(options.Clock.UtcNow, SyncLogLevel.Verbose, $"{site.Name} is still being drained: this round passes it over.", site.Name));
        }
    }

    /// <summary>Has the sites followed that are drained: when all are, or when the next round begins and some still are not.</summary>
    private void BeginFollowing(CancellationToken cancellationToken) => Follow(_drained.BeginAsync(_plan.Current, cancellationToken));

    private void Follow(Task task)
    {
        _underWay[task] = true;
        _ = task.ContinueWith(t => _underWay.TryRemove(t, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task TakeTurnAsync(SyncSite site, SiteTurn turn, SyncPlan plan, IncomingHold hold, SemaphoreSlim places, CancellationToken cancellationToken)
    {
        try
        {
            await places.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                var result = await DrainAsync(site, turn, plan, hold, cancellationToken).ConfigureAwait(false);
                Tell(result, turn);
                turn.End(result.Error, options.Interval, options.Clock.Elapsed);
                options.Completed?.Invoke(result);
                if (result.Error is null)
                    _drained.Add(site);
            }
            finally
            {
                places.Release();
            }

            if (!_turns.Values.Any(t => t.IsUnderWay))
                BeginFollowing(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            turn.Abandon();
        }
    }

    private async Task<SiteResult> DrainAsync(SyncSite site, SiteTurn turn, SyncPlan plan, IncomingHold hold, CancellationToken cancellationToken)
    {
        var drained = plan.Options with
        {
            Warn = Warn,
            Verbose = text => Log(new SyncLogEntry(options.Clock.UtcNow, SyncLogLevel.Verbose, text, site.Name)),
        };
        try
        {
            var incoming = await hold.TakeAsync(opened => FinishOthersAsync(plan, drained, opened, hold.Journal)).ConfigureAwait(false);
            try
            {
                var result = await new SiteDrain(Once(site, turn), drained, incoming, names: null).RunAsync(cancellationToken).ConfigureAwait(false);
                hold.Journal?.Record(result);
                return result;
            }
            finally
            {
                await hold.ReleaseAsync().ConfigureAwait(false);
            }
        }
        catch (TentacleException e)
        {
            var result = SiteResult.NotCalled(site.Name, e);
            hold.Journal?.Record(result);
            return result;
        }
    }

    private async Task FinishOthersAsync(SyncPlan plan, SyncOptions drained, IncomingDirectory incoming, SyncJournal? journal)
    {
        foreach (var other in await SyncRunner.FinishOthersAsync(plan.Sites, drained, incoming).ConfigureAwait(false))
        {
            journal?.Record(other);
            options.Completed?.Invoke(other);
        }
    }

    /// <summary>A site that did not answer last time is not waited for several times over.</summary>
    private static SyncSite Once(SyncSite site, SiteTurn turn) => turn.FailuresInARow == 0 ? site : new SyncSite(site.Client with { RetryCount = 0 });

    /// <summary>What is wrong on this machine is so for all sites, and told for the first of them; that another run has the directory is told as a warning, which is not repeated.</summary>
    private bool IsNew(TentacleException error, SiteTurn turn) => error.Kind == TentacleErrorKind.Busy || (SiteTurn.IsOfThisMachine(error)
        ? Interlocked.Exchange(ref _wrongHere, new LocalTrouble(error.Kind, _wrongHere?.Since ?? options.Clock.Elapsed))?.Kind != error.Kind
        : turn.FailuresInARow == 0 || turn.FailedHere);

    /// <summary>Tells what is new about a site: that it fails, that it answers again, and which files are left there.</summary>
    private void Tell(SiteResult result, SiteTurn turn)
    {
        var now = options.Clock.UtcNow;
        if (result.Error is { } error)
            Log(IsNew(error, turn) ? new SyncLogEntry(now, error.Kind == TentacleErrorKind.Busy ? SyncLogLevel.Warning : SyncLogLevel.Error, error.Message, result.Site, error) : new SyncLogEntry(now, SyncLogLevel.Verbose, $"{result.Site} still fails, {turn.FailuresInARow + 1} times in a row: {error.Message}", result.Site, error));
        else if (Interlocked.Exchange(ref _wrongHere, value: null) is { } mended)
            Log(new SyncLogEntry(now, SyncLogLevel.Information, $"Sites are drained again, after {Show(options.Clock.Elapsed - mended.Since)}."));
        else if (turn.FailedHere)
            Log(new SyncLogEntry(now, SyncLogLevel.Verbose, $"{result.Site} is drained again.", result.Site));
        else if (turn.FailuresInARow > 0)
            Log(new SyncLogEntry(now, SyncLogLevel.Information, $"{result.Site} answers again, after {turn.FailuresInARow} failure{(turn.FailuresInARow == 1 ? string.Empty : "s")} in {Show(options.Clock.Elapsed - turn.FailingSince)}.", result.Site));
        foreach (var left in result.Skipped)
            Log(new SyncLogEntry(now, SyncLogLevel.Warning, $"'{left.Name}' at {result.Site} was not taken: {left.Reason}", result.Site));
        if (result.Files > 0)
            Log(new SyncLogEntry(now, SyncLogLevel.Information, $"{result.Site}: {result.Files} file{(result.Files == 1 ? string.Empty : "s")}, {result.Bytes} bytes in {result.Elapsed.TotalSeconds:0.0} s.", result.Site));
    }

    private static string Show(TimeSpan time) => time.TotalHours < 2 ? $"{time.TotalMinutes:0} min" : time.TotalDays < 2 ? $"{time.TotalHours:0} h" : $"{time.TotalDays:0} days";

    /// <summary>Writes a line; a warning that has been written lately is not written again at each round.</summary>
    private void Log(SyncLogEntry entry)
    {
        if (entry.Level == SyncLogLevel.Warning && _told.HasBeenTold(entry.Text))
            entry = entry with { Level = SyncLogLevel.Verbose };
        options.Log?.Invoke(entry);
    }

    private sealed record LocalTrouble(TentacleErrorKind Kind, TimeSpan Since);
}
