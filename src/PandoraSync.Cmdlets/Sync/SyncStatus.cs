using System;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Sync.Journal;

namespace PandoraSync.Cmdlets.Sync;

/// <summary>How a site is, by all runs into one incoming directory. Times are local.</summary>
public sealed class SyncStatus
{
    internal SyncStatus(SiteStatus status, DateTime now)
    {
        (Site, Result) = (status.Site, status.Error?.Kind.ToString() ?? (status.Skipped > 0 ? "FilesSkipped" : "OK"));
        (LastRun, LastSuccess, LastArrival, FirstRun) = (status.LastRun.ToLocalTime(), status.LastSuccess?.ToLocalTime(), status.LastArrival?.ToLocalTime(), status.Since.ToLocalTime());
        (FailuresInARow, Skipped, Files, Bytes, Duration) = (status.FailuresInARow, status.Skipped, status.Files, status.Bytes, Math.Round(status.Elapsed.TotalSeconds, 3));
        OldestFileAge = status.OldestFileAge(now) is { } age ? Math.Round(age.TotalSeconds) : null;
        FilesPerHour = Math.Round(status.FilesPerHour(now), 1);
        Trend = status.Trend(now) is { } trend ? Math.Round(trend) : null;
        CertificateEnd = status.CertificateEnd?.ToLocalTime();
        CertificateDays = status.CertificateEnd is { } end ? (int)Math.Floor((end - now).TotalDays) : null;
        if (status.Error is { } error)
            (Error, ErrorId, RecommendedAction) = (ErrorMapper.Problem(error), ErrorMapper.IdOf(error), ErrorMapper.Advice(error));
    }

    /// <summary>For a site that no run has called.</summary>
    internal SyncStatus(string site) => (Site, Result) = (site, "NotCalled");

    /// <summary>The site: <c>host:port</c>.</summary>
    public string Site { get; }

    /// <summary>What the last run came to: <c>OK</c>, <c>FilesSkipped</c>, the kind of its error, such as <c>Unreachable</c>, or <c>NotCalled</c>.</summary>
    public string Result { get; }

    /// <summary>True if the last run drained it to its end and took every file.</summary>
    public bool Succeeded => Result is "OK";

    /// <summary>When the last run ended; null if there was none.</summary>
    public DateTime? LastRun { get; }

    /// <summary>When the last run ended that succeeded; null if none has.</summary>
    public DateTime? LastSuccess { get; }

    /// <summary>When files last arrived; null if none have.</summary>
    public DateTime? LastArrival { get; }

    /// <summary>When the site was first called; null if it was not.</summary>
    public DateTime? FirstRun { get; }

    /// <summary>Runs since the last success.</summary>
    public long FailuresInARow { get; }

    /// <summary>Age in seconds of the oldest file in the buffer: as the last run found it, or, where runs fail, as old as it may be. Null if nothing waited.</summary>
    public double? OldestFileAge { get; }

    /// <summary>Files that have arrived, by all runs.</summary>
    public long Files { get; }

    /// <summary>Their content in bytes.</summary>
    public long Bytes { get; }

    /// <summary>Files an hour, of late.</summary>
    public double FilesPerHour { get; }

    /// <summary>How much more (or less, below 0) comes of late than over the day, in percent; null if that cannot be told.</summary>
    public double? Trend { get; }

    /// <summary>Files that the last run left.</summary>
    public long Skipped { get; }

    /// <summary>How long the last run took, in seconds.</summary>
    public double Duration { get; }

    /// <summary>When the site's certificate ends, or the one that is shown to it if that is earlier; null without TLS.</summary>
    public DateTime? CertificateEnd { get; }

    /// <summary>Whole days until then, below 0 afterwards.</summary>
    public int? CertificateDays { get; }

    /// <summary>Why the last run could not drain it to its end; null if it did.</summary>
    public string? Error { get; }

    /// <summary>The error's id; null if there was none.</summary>
    public string? ErrorId { get; }

    /// <summary>What a person can do about the error; null if there was none.</summary>
    public string? RecommendedAction { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Site}: {Result}";
}
