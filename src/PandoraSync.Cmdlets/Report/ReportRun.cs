using System;
using System.Globalization;
using System.Linq;
using System.Management.Automation;

namespace PandoraSync.Cmdlets.Report;

/// <summary>One site in one run, as a result, a row of a CSV file or of a history says it: properties are found by their names, and texts are read as what they stand for.</summary>
internal sealed class ReportRun
{
    private const int MostTextCharacters = 500;
    private const double SecondsPerDay = 86_400;

    private ReportRun(PSObject item, string site, DateTime now)
    {
        Site = site;
        var lastRun = ReadTime(item, "LastRun");
        Time = ReadTime(item, "StartTime") ?? lastRun;
        Runs = item.Properties["StartTime"] is null && lastRun is not null ? 0 : Math.Max(1, ReadCount(item, "Runs"));
        (Files, Bytes, Skipped) = (ReadCount(item, "Files"), ReadCount(item, "Bytes"), ReadCount(item, "Skipped"));
        Seconds = ReadNumber(item, "Duration") ?? 0;
        Error = Cut(ReadText(item, "Error"));
        Action = Cut(ReadText(item, "RecommendedAction"));
        var result = Cut(ReadText(item, "Result"));
        Succeeded = ReadFlag(item, "Succeeded") ?? (result is "OK" || (result.Length == 0 && Error.Length == 0));
        Result = result.Length > 0 ? result : Succeeded ? "OK" : "Failed";
        OldestSeconds = ReadNumber(item, "OldestFileAge");
        CertificateDays = ReadNumber(item, "CertificateDays") ?? (ReadTime(item, "CertificateEnd") - now)?.TotalSeconds / SecondsPerDay;
    }

    public string Site { get; }

    public DateTime? Time { get; }

    /// <summary>Runs that this stands for: several where a history sums up what was alike; 0 for the status of a site, whose files others count.</summary>
    public long Runs { get; }

    public string Result { get; }

    public bool Succeeded { get; }

    public long Files { get; }

    public long Bytes { get; }

    /// <summary>Files that were left.</summary>
    public long Skipped { get; }

    public double Seconds { get; }

    /// <summary>What is wrong; empty for nothing.</summary>
    public string Error { get; }

    /// <summary>What to do about it; empty where nothing is known.</summary>
    public string Action { get; }

    /// <summary>How old the oldest file of the buffer was, in seconds; null if nobody says so.</summary>
    public double? OldestSeconds { get; }

    /// <summary>Days until the site's certificate ends; null if nobody says so.</summary>
    public double? CertificateDays { get; }

    /// <summary>Reads an object.</summary>
    /// <returns>Null if it has no site.</returns>
    public static ReportRun? Read(PSObject item, DateTime now) => ReadText(item, "Site") is { Length: > 0 } site ? new ReportRun(item, Cut(site), now) : null;

    private static object? Value(PSObject item, string name) => item.Properties[name]?.Value is { } value ? PSObject.AsPSObject(value).BaseObject : null;

    private static string ReadText(PSObject item, string name) => Convert.ToString(Value(item, name), CultureInfo.InvariantCulture)?.Trim() ?? string.Empty;

    private static string Cut(string text) => text.Length <= MostTextCharacters ? text : text.Substring(0, MostTextCharacters) + "...";

    private static long ReadCount(PSObject item, string name) => (long)Math.Max(0, Math.Min(ReadNumber(item, name) ?? 0, long.MaxValue / 2));

    private static double? ReadNumber(PSObject item, string name) => Value(item, name) switch
    {
        null => null,
        TimeSpan span => span.TotalSeconds,
        string text => Formats.Select(f => double.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, f, out var number) ? number : (double?)null).FirstOrDefault(n => n is not null),
        IConvertible number and not (bool or DateTime) => number.ToDouble(CultureInfo.InvariantCulture),
        _ => null,
    };

    private static bool? ReadFlag(PSObject item, string name) => Value(item, name) switch
    {
        bool flag => flag,
        string text when bool.TryParse(text, out var flag) => flag,
        _ => null,
    };

    private static DateTime? ReadTime(PSObject item, string name) => Value(item, name) switch
    {
        DateTime time => time.ToLocalTime(),
        DateTimeOffset time => time.LocalDateTime,
        string text => Formats.Select(f => DateTime.TryParse(text, f, DateTimeStyles.AssumeLocal, out var time) ? time : (DateTime?)null).FirstOrDefault(t => t is not null),
        _ => null,
    };

    // Export-Csv writes as the culture of its user has it, ConvertTo-Json as all do.
    private static CultureInfo[] Formats => [CultureInfo.CurrentCulture, CultureInfo.InvariantCulture];
}
