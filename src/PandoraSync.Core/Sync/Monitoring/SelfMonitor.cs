using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using PandoraSync.Files;
using PandoraSync.Native;
using PandoraSync.Sync.Continuous;
using PandoraSync.Sync.Journal;
using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Monitoring;

/// <summary>Writes how the sites are for those who watch the sync server: each file appears whole or not at all. What cannot be written is told, and keeps no site from being drained.</summary>
/// <param name="options">What is written, and where to.</param>
/// <param name="clock">The time.</param>
/// <param name="warn">Told what cannot be written; null for nobody.</param>
internal sealed class SelfMonitor(SelfMonitoringOptions options, SyncClock clock, Action<string>? warn)
{
    private readonly Dictionary<string, (long Files, long Bytes)> _reported = new(StringComparer.Ordinal);
    private TimeSpan? _reportedAt;

    /// <summary>Begins to count from what has come before this run.</summary>
    public void Begin(IEnumerable<SiteStatus> statuses)
    {
        if (_reportedAt is not null)
            return;
        foreach (var status in statuses)
            _reported[status.Site] = (status.Files, status.Bytes);
    }

    /// <summary>Writes the metrics, and the data file if its time has come.</summary>
    /// <param name="incoming">The incoming directory, held.</param>
    /// <param name="statuses">The sites that are drained.</param>
    public void Report(IncomingDirectory incoming, IReadOnlyList<SiteStatus> statuses)
    {
        if (options.MetricsPath is { } path)
            Try(path, () => WriteMetrics(path, statuses));
        if (options.Agent is null || (_reportedAt is { } last && clock.Elapsed - last < options.Interval - TimeSpan.FromSeconds(1)))
            return;
        Try(incoming.Path, () => Deliver(incoming, statuses));
    }

    private void WriteMetrics(string path, IReadOnlyList<SiteStatus> statuses)
    {
        // The collector reads all that ends in .prom.
        var fresh = path + ".new";
        File.WriteAllText(fresh, MetricsText.Make(statuses, clock.UtcNow), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        FileSystemCalls.RenameOver(fresh, path);
    }

    private void Deliver(IncomingDirectory incoming, IReadOnlyList<SiteStatus> statuses)
    {
        var now = clock.UtcNow;
        var staged = Path.Combine(incoming.Staging, "own.data.new");
        var content = new AgentReport(options, now).Make(statuses.OrderBy(s => s.Site, StringComparer.Ordinal).Select(s => (s, s.Files - Reported(s).Files, s.Bytes - Reported(s).Bytes)));
        using (var file = new FileStream(staged, FileMode.Create, FileAccess.Write, FileShare.Read))
        {
            file.Write(content, 0, content.Length);
            FileSystemCalls.Flush(file);
        }

        incoming.Deliver(staged, FormattableString.Invariant($"{options.Agent}.{new DateTimeOffset(now).ToUnixTimeSeconds()}.data"));
        _reportedAt = clock.Elapsed;
        foreach (var status in statuses)
            _reported[status.Site] = (status.Files, status.Bytes);
    }

    /// <summary>What has been reported of a site; nothing where its counts have begun anew.</summary>
    private (long Files, long Bytes) Reported(SiteStatus status) => _reported.TryGetValue(status.Site, out var reported) && reported.Files <= status.Files && reported.Bytes <= status.Bytes ? reported : (0, 0);

    private void Try(string path, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            warn?.Invoke($"How the sites are cannot be written, which keeps no site from being drained: {LocalFileError.Explain(e, path, "write").Message}");
        }
    }
}
