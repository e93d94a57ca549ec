using System;
using System.Collections.Generic;
using System.Linq;
using PandoraSync.Protocol;

namespace PandoraSync.Sync.Journal;

/// <summary>
/// Makes lines of a site's results. What says nothing new is counted and written once an hour: 200 sites with nothing in them would else write
/// 288,000 lines a day that nobody reads, and push out those that somebody will look for.
/// </summary>
/// <param name="quiet">How long results are counted together.</param>
internal sealed class SiteCourse(TimeSpan quiet)
{
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);
    private JournalRecord? _last;
    private JournalRecord? _counted;

    /// <summary>Adds a result.</summary>
    /// <param name="result">What became of the site.</param>
    /// <param name="time">When the run began, UTC.</param>
    /// <returns>The lines to be written now.</returns>
    public IReadOnlyList<string> Add(SiteResult result, DateTime time)
    {
        var record = JournalRecord.Of(result, time);
        var fresh = result.Skipped.Where(f => !_named.Contains(f.Name)).ToArray();
        var isNew = _last is null || record.Files > 0 || fresh.Length > 0 || record.Skipped != _last.Skipped || KindOf(record) != KindOf(_last);
        _last = record;
        _named.Clear();
        _named.UnionWith(result.Skipped.Select(f => f.Name));
        if (isNew)
            return [.. End(), record.ToLine(), .. fresh.Select(record.ToLine)];
        _counted = _counted is null ? record : _counted with { Runs = _counted.Runs + 1, Elapsed = _counted.Elapsed + record.Elapsed, Error = record.Error };

        // The clock may have been set back.
        return time - _counted.Time >= quiet || time < _counted.Time ? End() : [];
    }

    /// <summary>The line of what has been counted and not written yet, if there is something.</summary>
    public IReadOnlyList<string> End()
    {
        var counted = _counted;
        _counted = null;
        return counted is null ? [] : [counted.ToLine()];
    }

    private static TentacleErrorKind? KindOf(JournalRecord record) => record.Error?.Kind;
}
