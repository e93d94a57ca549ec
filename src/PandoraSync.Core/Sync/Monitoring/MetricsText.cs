using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using PandoraSync.Sync.Journal;

namespace PandoraSync.Sync.Monitoring;

/// <summary>The sites' statuses in Prometheus's text format.</summary>
internal static class MetricsText
{
    /// <summary>Makes the file's content.</summary>
    /// <param name="sites">The sites.</param>
    /// <param name="now">The time of day, UTC.</param>
    public static string Make(IReadOnlyCollection<SiteStatus> sites, DateTime now)
    {
        var text = new StringBuilder();
        Add("up", "gauge", "1 if the last run drained the site to its end, else 0.", s => s.Error is null ? 1 : 0);
        Add("files_total", "counter", "Files that have arrived.", s => s.Files);
        Add("bytes_total", "counter", "Their content in bytes.", s => s.Bytes);
        Add("files_left", "gauge", "Files that the last run did not take.", s => s.Skipped);
        Add("oldest_file_age_seconds", "gauge", "Age of the oldest file in the buffer, as far as is known; 0 if nothing waited.", s => Math.Round(s.OldestFileAge(now)?.TotalSeconds ?? 0));
        Add("run_seconds", "gauge", "How long the last run took.", s => Math.Round(s.Elapsed.TotalSeconds, 3));
        Add("failures_in_a_row", "gauge", "Runs since the last success.", s => s.FailuresInARow);
        Add("last_run_timestamp_seconds", "gauge", "When the last run ended.", s => Epoch(s.LastRun));
        Add("last_success_timestamp_seconds", "gauge", "When the last run ended that succeeded; 0 if none has.", s => s.LastSuccess is { } time ? Epoch(time) : 0);
        Add("certificate_end_timestamp_seconds", "gauge", "When a certificate ends: the site's, or the one that is shown to it.", s => s.CertificateEnd is { } time ? Epoch(time) : null);
        return text.ToString();

        void Add(string name, string type, string help, Func<SiteStatus, double?> value)
        {
            var lines = sites.OrderBy(s => s.Site, StringComparer.Ordinal).Select(s => (s.Site, Value: value(s))).Where(s => s.Value is not null).ToArray();
            if (lines.Length == 0)
                return;
            text.Append("# HELP pandorasync_site_").Append(name).Append(' ').Append(help).Append('\n').Append("# TYPE pandorasync_site_").Append(name).Append(' ').Append(type).Append('\n');
            foreach (var (site, number) in lines)
                text.Append("pandorasync_site_").Append(name).Append("{site=\"").Append(site.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")).Append("\"} ").Append(number!.Value.ToString("0.###", CultureInfo.InvariantCulture)).Append('\n');
        }
    }

    private static double Epoch(DateTime time) => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)).ToUnixTimeSeconds();
}
