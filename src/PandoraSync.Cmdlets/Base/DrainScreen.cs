using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PandoraSync.Sync;

namespace PandoraSync.Cmdlets.Base;

/// <summary>How far a drain is: one line for a site, and for several one for all of them with a line below it for each that is being drained.</summary>
internal sealed class DrainScreen(int sites)
{
    private const int Whole = 1;
    private const int Percent = 100;
    private readonly ConcurrentDictionary<string, SyncProgress> _latest = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _ended = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Id, Rate Rate)> _lines = new(StringComparer.Ordinal);
    private readonly Rate _rate = new();

    /// <summary>Notes how far a site is.</summary>
    public void Update(SyncProgress progress) => _latest[progress.Site] = progress;

    /// <summary>Notes that a site's turn is over.</summary>
    public void End(string site) => _ended[site] = true;

    /// <summary>The lines as they are now.</summary>
    public IReadOnlyList<ProgressRecord> Show()
    {
        var latest = _latest.Values.OrderBy(p => p.Site, StringComparer.Ordinal).ToArray();
        if (sites <= 1)
            return [.. latest.Take(1).Select(p => Line(Whole, $"Draining {p.Site}", p, _rate))];
        var sum = new SyncProgress(string.Empty, latest.Sum(p => p.FilesDone), latest.Sum(Received), latest.Any(p => p.FilesTotal is not null) ? latest.Sum(p => p.FilesTotal ?? 0) : null, latest.Sum(p => p.Bytes));
        var all = Line(Whole, $"Draining {sites} sites", sum, _rate, $"{_ended.Count} done; ", isComplete: latest.Length == sites && latest.All(p => p.FilesTotal is not null || _ended.ContainsKey(p.Site)));
        return [all, .. latest.Where(p => !_ended.ContainsKey(p.Site)).Select(Nested)];
    }

    private ProgressRecord Nested(SyncProgress progress)
    {
        if (!_lines.TryGetValue(progress.Site, out var line))
            _lines[progress.Site] = line = (Whole + 1 + _lines.Count, new Rate());
        var record = Line(line.Id, progress.Site, progress, line.Rate);
        record.ParentActivityId = Whole;
        return record;
    }

    /// <summary>A line.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="activity">What is done.</param>
    /// <param name="progress">How far it is.</param>
    /// <param name="rate">How fast it was so far.</param>
    /// <param name="before">What stands before the files.</param>
    /// <param name="isComplete">False if more files may be found than are known now, so that no time left can be told.</param>
    private static ProgressRecord Line(int id, string activity, SyncProgress progress, Rate rate, string before = "", bool isComplete = true)
    {
        if (progress.FilesTotal is not { } total)
            return new ProgressRecord(id, activity, "connecting and listing");
        var received = Received(progress);
        rate.Add(received, progress.Bytes);
        var status = $"{before}{received} of {total} files, {ByteSize.Format(progress.Bytes)}{(rate.BytesPerSecond is { } speed ? $", {ByteSize.Format((long)speed)}/s" : string.Empty)}";
        return new ProgressRecord(id, activity, total > 0 && received == total && progress.FilesDone < total ? status + ", delivering" : status)
        {
            PercentComplete = total == 0 ? 0 : (int)(Percent * received / total),
            SecondsRemaining = isComplete ? rate.SecondsFor(total - received) : -1,
        };
    }

    /// <summary>Files that are here, each once.</summary>
    private static long Received(SyncProgress progress) => Math.Min(Math.Max(progress.FilesReceived, progress.FilesDone), progress.FilesTotal ?? long.MaxValue);
}
