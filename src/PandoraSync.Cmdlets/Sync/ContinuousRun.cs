using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Cmdlets.Configurations;
using PandoraSync.Native;
using PandoraSync.RemoteConfiguration;
using PandoraSync.Sync.Continuous;

namespace PandoraSync.Cmdlets.Sync;

/// <summary>Invoke-PandoraSync -Continuous: a run for each incoming directory, what is told of them, and what the service manager hears.</summary>
internal sealed class ContinuousRun
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);
    private readonly List<(ISyncPlanSource Source, string About)> _sources = [];
    private List<ContinuousSync> _runs = [];
    private ServiceManager? _manager;
    private LogOutput? _log;
    private CmdletPump? _pump;
    private string _status = string.Empty;

    /// <summary>Time from one round to the next.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>True to give each result.</summary>
    public required bool Results { get; init; }

    /// <summary>True if there is something to drain.</summary>
    public bool IsWanted => _sources.Count > 0;

    /// <summary>Adds what is drained into one incoming directory.</summary>
    /// <param name="source">What.</param>
    /// <param name="about">The file or folder that says so, for people.</param>
    public void Add(ISyncPlanSource source, string about) => _sources.Add((source, about));

    /// <summary>Makes what carries agents' configurations with the sites that have been drained.</summary>
    /// <param name="options">How.</param>
    public ISiteFollower Carrying(RemoteConfigurationOptions options) => new ConfigurationFollower(options, Results ? change => _pump?.Output(new SyncedConfiguration(change)) : null);

    /// <summary>Writes a warning.</summary>
    public void Warn(string text) => Write(new SyncLogEntry(DateTime.UtcNow, SyncLogLevel.Warning, text));

    /// <summary>Goes on until the token fires, or the service manager sends SIGTERM.</summary>
    public async Task RunAsync(CmdletPump pump, LogOutput log, CancellationToken cancellationToken)
    {
        using var process = Process.GetCurrentProcess();
        (_pump, _log, _manager) = (pump, log, new ServiceManager(process.Id));
        var options = new ContinuousOptions
        {
            Interval = Interval,
            Completed = Results ? result => pump.Output(new SyncResult(result)) : null,
            Log = Write,
            Alive = TellManager,
            LookInterval = _manager.AliveInterval is { } alive && alive < LookInterval ? alive : LookInterval,
        };
        _runs = _sources.ConvertAll(s => new ContinuousSync(s.Source, options));
        using var signal = new StopSignal(Reload);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, signal.Token);
        log.Announce($"Draining by {string.Join(", ", _sources.Select(s => $"'{s.About}'"))} every {Interval.TotalSeconds:0} s. Ctrl+C ends it; SIGHUP to process {process.Id} reads all anew and calls all sites at once.");
        using var ended = stop.Token.Register(_manager.Stopping);
        await Task.WhenAll(_runs.Select(run => run.RunAsync(stop.Token))).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private void Reload()
    {
        _manager?.Reloading();
        _status = string.Empty;
        _runs.ForEach(run => run.Request());
    }

    /// <summary>Tells the service manager that all is alive, and what it does whenever that has changed.</summary>
    private void TellManager()
    {
        var (sites, failing) = _runs.Select(r => r.Count).Aggregate((a, b) => (a.Sites + b.Sites, a.Failing + b.Failing));
        var status = $"{sites} site{(sites == 1 ? string.Empty : "s")}, {failing} of them failing";
        if (!string.Equals(status, _status, StringComparison.Ordinal))
            _manager?.Ready(status);
        _status = status;
        _manager?.Alive();
    }

    private void Write(SyncLogEntry entry) =>
        _log?.Write(entry.Time, (LogLevel)entry.Level, entry.Text, entry.Site, entry.Error is { } error ? ErrorMapper.IdOf(error) : null);
}
