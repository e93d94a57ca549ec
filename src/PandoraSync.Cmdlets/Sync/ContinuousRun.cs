using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Sync.Continuous;

namespace PandoraSync.Cmdlets.Sync;

/// <summary>Invoke-PandoraSync -Continuous: a run for each incoming directory, and what is told of them.</summary>
internal sealed class ContinuousRun
{
    private readonly List<(ISyncPlanSource Source, string About)> _sources = [];
    private CmdletPump? _pump;

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

    /// <summary>Writes a warning.</summary>
    public void Warn(string text) => Write(new SyncLogEntry(DateTime.UtcNow, SyncLogLevel.Warning, text));

    /// <summary>Goes on until the token fires, or the service manager sends SIGTERM.</summary>
    public async Task RunAsync(CmdletPump pump, CancellationToken cancellationToken)
    {
        _pump = pump;
        var options = new ContinuousOptions { Interval = Interval, Completed = Results ? result => pump.Output(new SyncResult(result)) : null, Log = Write };
        var runs = _sources.ConvertAll(s => new ContinuousSync(s.Source, options));
        using var signal = new StopSignal(() => runs.ForEach(run => run.Request()));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, signal.Token);
        using var process = Process.GetCurrentProcess();
        pump.Host($"Draining by {string.Join(", ", _sources.Select(s => $"'{s.About}'"))} every {Interval.TotalSeconds:0} s. Ctrl+C ends it; SIGHUP to process {process.Id} reads all anew and calls all sites at once.");
        await Task.WhenAll(runs.Select(run => run.RunAsync(stop.Token))).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private void Write(SyncLogEntry entry)
    {
        var line = string.Format(CultureInfo.InvariantCulture, "{0:yyyy-MM-dd HH:mm:ss} {1}", entry.Time.ToLocalTime(), entry.Text);
        if (entry.Level is SyncLogLevel.Error or SyncLogLevel.Warning)
            _pump?.Warning(line);
        else if (entry.Level == SyncLogLevel.Information)
            _pump?.Information(line);
        else
            _pump?.Verbose(line);
    }
}
