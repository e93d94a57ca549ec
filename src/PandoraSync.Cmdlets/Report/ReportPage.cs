using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Text.RegularExpressions;
using PandoraSync.Cmdlets.Base;

namespace PandoraSync.Cmdlets.Report;

/// <summary>Writes a report as one HTML page that needs nothing else: numbers as tables in the page itself, and the same for the charts as JSON.</summary>
internal sealed class ReportPage(SyncReport report, string title)
{
    private const int MostBars = 15;
    private static readonly Regex Place = new(@"\{\{(?<name>[a-z]+)\}\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10));
    private static readonly string Assets = Path.Combine(Path.GetDirectoryName(typeof(ReportPage).Assembly.Location)!, "report");
    private readonly IReadOnlyList<ReportSite> _sites = report.Sites;
    private readonly IReadOnlyList<ReportPeriod> _periods = report.Periods();

    /// <summary>The page's text.</summary>
    /// <exception cref="IOException">The module's own files are missing.</exception>
    public string Write() => Place.Replace(Asset("page.html"), place => place.Groups["name"].Value switch
    {
        "title" => Text(title),
        "style" => Asset("page.css"),
        "about" => About(),
        "tiles" => Tiles(),
        "sites" => SiteTable(),
        "problems" => ProblemTable(),
        "periods" => PeriodTable(),
        "runs" => RunTable(),
        "data" => Data(),
        "charts" => Asset("chart.umd.min.js"),
        _ => Asset("page.js"),
    });

    private static string Asset(string name) => File.ReadAllText(Path.Combine(Assets, name));

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Time(DateTime? time) => time?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "-";

    private static string Stamp(DateTime? time) => $"<span class=\"time\">{Time(time)}</span>";

    /// <summary>When a stretch of time begins; its hour only where there are several a day.</summary>
    private string Label(ReportPeriod period) => _periods.All(p => p.Begin.TimeOfDay == TimeSpan.Zero) && _periods.Count > 1 ? Time(period.Begin).Substring(0, 10) : Time(period.Begin);

    private static string Seconds(double seconds) => seconds.ToString(seconds < 10 ? "0.00" : "0", CultureInfo.InvariantCulture);

    private static string Age(double? seconds) => seconds switch
    {
        null => "-",
        < 3600 => $"{Math.Max(0, seconds.Value) / 60:0} min",
        < 172_800 => $"{seconds.Value / 3600:0.0} h".Replace(',', '.'),
        _ => $"{seconds.Value / 86_400:0} days",
    };

    private static string Days(double? days) => days is { } left ? Number((long)Math.Floor(left)) : "-";

    private string About()
    {
        var offset = TimeZoneInfo.Local.GetUtcOffset(report.Now);
        var zone = $"UTC{(offset < TimeSpan.Zero ? "-" : "+")}{offset:hh\\:mm}";
        return report.Begin is null ? $"Made {Time(report.Now)} ({zone})" : $"{Time(report.Begin)} to {Time(report.End)}, made {Time(report.Now)} ({zone})";
    }

    private string Tiles()
    {
        var failed = _sites.Count(s => !s.Last!.Succeeded);
        (string Name, string Value, bool IsBad)[] tiles =
        [
            ("Sites", Number(_sites.Count), false),
            ("Sites with a problem now", Number(failed), failed > 0),
            ("Runs of a site", Number(_sites.Sum(s => s.Runs)), false),
            ("of them failed", Number(_sites.Sum(s => s.Failures)), _sites.Any(s => s.Failures > 0)),
            ("Files", Number(_sites.Sum(s => s.Files)), false),
            ("Content", _sites.Count == 0 ? "0 B" : ByteSize.Format(_sites.Sum(s => s.Bytes)), false),
        ];
        return string.Concat(tiles.Select(t => $"<div class=\"tile{(t.IsBad ? " bad" : string.Empty)}\"><b>{t.Value}</b><span>{t.Name}</span></div>"));
    }

    private string SiteTable() => Table(
        ["Site", "Last run", "Result", "Last success", "#Runs", "#Failed", "#Files", "#Size", "#Left", "#Seconds/run", "#Oldest file", "#Certificate days"],
        _sites.Select(s => new[]
        {
            Text(s.Name), Stamp(s.Last!.Time), Mark(s.Last), Stamp(s.LastSuccess), Number(s.Runs), Number(s.Failures), Number(s.Files), ByteSize.Format(s.Bytes),
            Number(s.Skipped), Seconds(s.SecondsPerRun), Age(s.OldestSeconds), Days(s.CertificateDays),
        }), "No site was called yet: pipe what Invoke-PandoraSync gives.");

    private string ProblemTable() => Table(
        ["Time", "Site", "Result", "What is wrong", "What to do"],
        report.Problems.Select(r => new[] { Stamp(r.Time), Text(r.Site), Mark(r), Text(r.Error.Length > 0 ? r.Error : $"{Number(r.Skipped)} files were left."), Text(r.Action) }), report.Runs.Count == 0 ? "There was no run." : "Every run succeeded.");

    private string PeriodTable() => Table(
        ["From", "#Runs", "#Files", "#Size", "#Failed"],
        _periods.Reverse().Select(p => new[] { Label(p), Number(p.Runs), Number(p.Files), ByteSize.Format(p.Bytes), Number(p.Failures.Values.Sum()) }), "No run has a time.");

    private string RunTable() => Table(
        ["Time", "Site", "Result", "#Files", "#Size", "#Left", "#Seconds"],
        report.Runs.Select(r => new[] { Stamp(r.Time), Text(r.Site), Mark(r), Number(r.Files), ByteSize.Format(r.Bytes), Number(r.Skipped), Seconds(r.Seconds) }), "There was no run.");

    private static string Mark(ReportRun run) => $"<span class=\"{(run.Succeeded ? "good" : "bad")}\">{Text(run.Result)}</span>";

    /// <summary>A table of cells that are HTML already.</summary>
    /// <param name="heads">The columns; those of numbers begin with #.</param>
    /// <param name="rows">The cells.</param>
    /// <param name="empty">What is said where there are no rows.</param>
    private static string Table(string[] heads, IEnumerable<string[]> rows, string empty)
    {
        var kinds = heads.Select(h => h[0] == '#' ? " class=\"number\"" : h is "Site" ? " class=\"name\"" : string.Empty).ToArray();
        var body = string.Concat(rows.Select(row => $"<tr>{string.Concat(row.Select((cell, i) => $"<td{kinds[i]}>{cell}</td>"))}</tr>\n"));
        return body.Length == 0
            ? $"<p class=\"empty\">{empty}</p>"
            : $"<div class=\"wide\"><table><thead><tr>{string.Concat(heads.Select((h, i) => $"<th scope=\"col\"{kinds[i]}>{h.TrimStart('#')}</th>"))}</tr></thead><tbody>\n{body}</tbody></table></div>";
    }

    private string Data()
    {
        var kinds = _periods.SelectMany(p => p.Failures).GroupBy(f => f.Key, StringComparer.Ordinal).OrderByDescending(g => g.Sum(f => f.Value)).Select(g => g.Key).ToArray();
        return JsonText.Object(
            ("times", JsonText.List(_periods, p => JsonText.Of(Label(p)))),
            ("files", JsonText.List(_periods, p => JsonText.Of(p.Files))),
            ("bytes", JsonText.List(_periods, p => JsonText.Of(p.Bytes))),
            ("failures", JsonText.List(kinds, k => JsonText.Object(("name", JsonText.Of(k)), ("values", JsonText.List(_periods, p => JsonText.Of(p.Failures.TryGetValue(k, out var n) ? n : 0)))))),
            ("siteFiles", Bars(s => s.Files)),
            ("siteBytes", Bars(s => s.Bytes)),
            ("siteFailures", Bars(s => s.Failures > 0 ? s.Failures : null)),
            ("ages", Bars(s => s.OldestSeconds / 3600)),
            ("certificates", Bars(s => s.CertificateDays, areLeastFirst: true)));
    }

    private string Bars(Func<ReportSite, double?> value, bool areLeastFirst = false)
    {
        var all = _sites.Where(s => value(s) is not null).OrderBy(s => areLeastFirst ? value(s) : -value(s)).ToArray();
        var bars = all.Take(MostBars).ToArray();
        return JsonText.Object(("of", JsonText.Of(all.Length)), ("names", JsonText.List(bars, s => JsonText.Of(s.Name))), ("values", JsonText.List(bars, s => JsonText.Of(value(s)!.Value))));
    }
}
