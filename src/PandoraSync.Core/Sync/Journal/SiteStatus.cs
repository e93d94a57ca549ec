using System;
using System.Collections.Generic;
using PandoraSync.Protocol;

namespace PandoraSync.Sync.Journal;

/// <summary>How a site is, by all runs into one incoming directory.</summary>
internal sealed record SiteStatus
{
    private const double Hour = 3600;
    private const double Day = 24 * Hour;

    /// <summary>The site: <c>host:port</c>.</summary>
    public required string Site { get; init; }

    /// <summary>When it was first called, UTC.</summary>
    public required DateTime Since { get; init; }

    /// <summary>When the last run ended, UTC.</summary>
    public DateTime LastRun { get; init; }

    /// <summary>When the last run ended that drained it to its end and left nothing, UTC; null if none has.</summary>
    public DateTime? LastSuccess { get; init; }

    /// <summary>When files last arrived from it, UTC; null if none have.</summary>
    public DateTime? LastArrival { get; init; }

    /// <summary>Runs since the last success.</summary>
    public long FailuresInARow { get; init; }

    /// <summary>Files that have arrived, by all runs.</summary>
    public long Files { get; init; }

    /// <summary>Their content in bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>Files that the last run left.</summary>
    public long Skipped { get; init; }

    /// <summary>How long the last run took.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>The time in the name of the oldest file that the last run which could look found, UTC; null if it found none, or all have been taken since.</summary>
    public DateTime? OldestFile { get; init; }

    /// <summary>When the site's certificate ends, or the one that is shown to it if that is earlier, UTC; null without TLS.</summary>
    public DateTime? CertificateEnd { get; init; }

    /// <summary>Why the last run could not drain it to its end; null if it did.</summary>
    public TentacleException? Error { get; init; }

    /// <summary>Files of late, each counting the less the longer ago it came: half after 42 minutes.</summary>
    private double OfHour { get; init; }

    /// <summary>The same over a day: half after 17 hours.</summary>
    private double OfDay { get; init; }

    /// <summary>A site that has not been called.</summary>
    public static SiteStatus New(string site, DateTime now) => new() { Site = site, Since = now };

    /// <summary>The status after one more run.</summary>
    /// <param name="result">What became of the site.</param>
    /// <param name="now">The time of day, UTC; it may have been set anew since the last run.</param>
    public SiteStatus After(SiteResult result, DateTime now) => this with
    {
        Since = now < Since ? now : Since,
        LastRun = now,
        LastSuccess = result.Succeeded ? now : LastSuccess,
        LastArrival = result.Files > 0 ? now : LastArrival,
        FailuresInARow = result.Succeeded ? 0 : FailuresInARow + 1,
        Files = Files + result.Files,
        Bytes = Bytes + result.Bytes,
        Skipped = result.SkippedCount,
        Elapsed = result.Elapsed,
        OldestFile = result.HasListed ? result.OldestFile : FailuresInARow == 0 ? null : OldestFile,
        CertificateEnd = result.CertificateEnd ?? CertificateEnd,
        Error = result.Error,
        OfHour = Faded(OfHour, Hour, now) + result.Files,
        OfDay = Faded(OfDay, Day, now) + result.Files,
    };

    /// <summary>Files an hour, of late.</summary>
    public double FilesPerHour(DateTime now) => Faded(OfHour, Hour, now) / Math.Max(0.5, Weight(Hour, now));

    /// <summary>How much more or less comes of late than over the day, in hundredths; null where next to nothing has come, or it has been called for less than two hours.</summary>
    public double? Trend(DateTime now)
    {
        var usual = Faded(OfDay, Day, now) / Weight(Day, now) * Hour / Day;
        return (now - Since).TotalHours >= 2 && usual > 0.01 ? ((FilesPerHour(now) / usual) - 1) * 100 : null;
    }

    /// <summary>How old the oldest file is that waits there, as far as is known: as the last run found it, or, where it could not look or left files, it may be as old as the time since the last success. Null if nothing waited.</summary>
    public TimeSpan? OldestFileAge(DateTime now)
    {
        var found = OldestFile is { } oldest ? (FailuresInARow == 0 ? LastRun : now) - oldest : (TimeSpan?)null;
        if (FailuresInARow > 0 && Error is not null && now - (LastSuccess ?? Since) is var silent && silent > (found ?? TimeSpan.Zero))
            found = silent;
        return found < TimeSpan.Zero ? TimeSpan.Zero : found;
    }

    /// <summary>The status as a line.</summary>
    public string ToLine() => new JsonText().Add("site", Site).Add("since", Since).Add("run", LastRun).Add("success", LastSuccess).Add("arrival", LastArrival).Add("failures", FailuresInARow)
        .Add("files", Files).Add("bytes", Bytes).Add("skipped", Skipped).Add("seconds", Elapsed.TotalSeconds).Add("oldest", OldestFile).Add("certificate", CertificateEnd)
        .Add("hour", OfHour).Add("day", OfDay).Add("kind", Error?.Kind.ToString()).Add("error", Error?.Message).Add("advice", Error?.Advice).ToString();

    /// <summary>Reads a line; null if it is none.</summary>
    public static SiteStatus? TryRead(IReadOnlyDictionary<string, string> line) => JsonText.Text(line, "site") is not { } site || JsonText.Time(line, "since") is not { } since
        ? null
        : new SiteStatus
        {
            Site = site,
            Since = since,
            LastRun = JsonText.Time(line, "run") ?? since,
            LastSuccess = JsonText.Time(line, "success"),
            LastArrival = JsonText.Time(line, "arrival"),
            FailuresInARow = JsonText.Number(line, "failures"),
            Files = JsonText.Number(line, "files"),
            Bytes = JsonText.Number(line, "bytes"),
            Skipped = JsonText.Number(line, "skipped"),
            Elapsed = TimeSpan.FromSeconds(Math.Min(TimeSpan.MaxValue.TotalSeconds / 2, Math.Max(0, JsonText.Real(line, "seconds")))),
            OldestFile = JsonText.Time(line, "oldest"),
            CertificateEnd = JsonText.Time(line, "certificate"),
            OfHour = Math.Max(0, JsonText.Real(line, "hour")),
            OfDay = Math.Max(0, JsonText.Real(line, "day")),
            Error = JournalRecord.ReadError(line, site),
        };

    private double Faded(double count, double period, DateTime now) => count * Math.Exp(-Math.Max(0, (now - LastRun).TotalSeconds) / period);

    /// <summary>A site that has been called for less than the period has had less time to count.</summary>
    private double Weight(double period, DateTime now) => Math.Max(0.01, 1 - Math.Exp(-Math.Max(0, (now - Since).TotalSeconds) / period));
}
