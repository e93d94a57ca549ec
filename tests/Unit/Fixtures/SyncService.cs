using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.Sync.Continuous;
using PandoraSync.TestSupport;

namespace PandoraSync.Tests.Fixtures;

/// <summary>A continuous run with a clock of its own, until it is disposed.</summary>
internal sealed class SyncService : IAsyncDisposable, ISyncPlanSource
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ContinuousSync _sync;
    private readonly Task _run;

    public SyncService(SyncPlan plan, FastClock clock, TimeSpan interval, Func<ContinuousOptions, ContinuousOptions>? change = null)
    {
        (Plan, Clock) = (plan, clock);
        var options = new ContinuousOptions { Interval = interval, Clock = clock, Completed = r => Results.Enqueue((clock.Elapsed, r)), Log = Log.Enqueue };
        _sync = new ContinuousSync(this, change is null ? options : change(options));
        _run = Task.Run(() => _sync.RunAsync(_stop.Token));
    }

    /// <summary>What is read at the next reading.</summary>
    public SyncPlan Plan { get; set; }

    /// <summary>What is wrong with the configuration; null for nothing.</summary>
    public string? Mistake { get; set; }

    public FastClock Clock { get; }

    public ConcurrentQueue<(TimeSpan Time, SiteResult Result)> Results { get; } = new();

    public ConcurrentQueue<SyncLogEntry> Log { get; } = new();

    public IReadOnlyCollection<string> Files { get; set; } = [];

    SyncPlan ISyncPlanSource.Read() => Mistake is { } mistake ? throw new TentacleException(TentacleErrorKind.Configuration, mistake) : Plan;

    public void Request() => _sync.Request();

    public TimeSpan[] TimesOf(int port) => [.. Results.Where(r => r.Result.Site.EndsWith($":{port}", StringComparison.Ordinal)).Select(r => r.Time)];

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Eventually.Ends(_run, "the continuous run");
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }
}
