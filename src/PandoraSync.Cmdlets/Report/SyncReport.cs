using System;
using System.Collections.Generic;
using System.Linq;

namespace PandoraSync.Cmdlets.Report;

/// <summary>Runs summed up as they come: any number of them, in the memory of a few.</summary>
internal sealed class SyncReport(DateTime now)
{
    /// <summary>Most rows of a table of single runs.</summary>
    public const int MostRows = 200;

    private const int MostPeriods = 100;
    private static readonly TimeSpan Finest = TimeSpan.FromMinutes(5);
    private static readonly double[] Widths = [5, 15, 60, 180, 360, 1440, 10_080, 43_200];
    private readonly Dictionary<string, ReportSite> _sites = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<long, ReportPeriod> _periods = [];
    private List<ReportRun> _runs = [];
    private List<ReportRun> _problems = [];

    /// <summary>The time that ages count to.</summary>
    public DateTime Now { get; } = now;

    /// <summary>Sites, those with failures in their latest run first.</summary>
    public IReadOnlyList<ReportSite> Sites => [.. _sites.Values.OrderBy(s => s.Last!.Succeeded).ThenBy(s => s.Name, StringComparer.OrdinalIgnoreCase)];

    /// <summary>The latest runs, newest first.</summary>
    public IReadOnlyList<ReportRun> Runs => Latest(_runs);

    /// <summary>The latest runs that did not succeed, newest first.</summary>
    public IReadOnlyList<ReportRun> Problems => Latest(_problems);

    public DateTime? Begin { get; private set; }

    public DateTime? End { get; private set; }

    public void Add(ReportRun run)
    {
        if (!_sites.TryGetValue(run.Site, out var site))
            _sites[run.Site] = site = new ReportSite(run.Site);
        site.Add(run);
        if (run.Runs == 0)
            return;
        Keep(ref _runs, run);
        if (!run.Succeeded)
            Keep(ref _problems, run);
        if (run.Time is not { } time)
            return;
        if (!(Begin < time))
            Begin = time;
        if (!(End > time))
            End = time;
        PeriodOf(_periods, time, Finest).Add(run);
    }

    /// <summary>The whole time in stretches of one width, those without a run too; few enough to be looked at.</summary>
    public IReadOnlyList<ReportPeriod> Periods()
    {
        if (Begin is not { } begin || End is not { } end)
            return [];
        var span = end - begin;
        var width = TimeSpan.FromMinutes(Widths.FirstOrDefault(w => span.TotalMinutes / w < MostPeriods) is > 0 and var fit ? fit : Widths[Widths.Length - 1]);
        var wide = new Dictionary<long, ReportPeriod>();
        foreach (var period in _periods.Values)
            PeriodOf(wide, period.Begin, width).Add(period);
        for (var at = Floor(begin, width); at <= end && wide.Count < 2 * MostPeriods; at += width)
            PeriodOf(wide, at, width);
        return [.. wide.Values.OrderBy(p => p.Begin)];
    }

    private static ReportPeriod PeriodOf(Dictionary<long, ReportPeriod> periods, DateTime time, TimeSpan width)
    {
        var begin = Floor(time, width);
        return periods.TryGetValue(begin.Ticks, out var period) ? period : periods[begin.Ticks] = new ReportPeriod(begin);
    }

    private static DateTime Floor(DateTime time, TimeSpan width) => new(time.Ticks - (time.Ticks % width.Ticks), DateTimeKind.Local);

    private static IReadOnlyList<ReportRun> Latest(IEnumerable<ReportRun> runs) => [.. runs.OrderByDescending(r => r.Time ?? DateTime.MinValue).Take(MostRows)];

    private static void Keep(ref List<ReportRun> kept, ReportRun run)
    {
        kept.Add(run);
        if (kept.Count >= 2 * MostRows)
            kept = [.. Latest(kept)];
    }
}
