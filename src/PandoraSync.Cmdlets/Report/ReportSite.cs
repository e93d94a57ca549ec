using System;

namespace PandoraSync.Cmdlets.Report;

/// <summary>What became of one site in all runs.</summary>
internal sealed class ReportSite(string name)
{
    private double _seconds;

    public string Name { get; } = name;

    public long Runs { get; private set; }

    public long Failures { get; private set; }

    public long Files { get; private set; }

    public long Bytes { get; private set; }

    public long Skipped { get; private set; }

    /// <summary>The latest run.</summary>
    public ReportRun? Last { get; private set; }

    public DateTime? LastSuccess { get; private set; }

    public double? OldestSeconds { get; private set; }

    public double? CertificateDays { get; private set; }

    public double SecondsPerRun => Runs == 0 ? 0 : _seconds / Runs;

    public void Add(ReportRun run)
    {
        Runs += run.Runs;
        Failures += run.Succeeded ? 0 : run.Runs;
        if (run.Runs > 0)
            (Files, Bytes, Skipped) = (Files + run.Files, Bytes + run.Bytes, Skipped + run.Skipped);
        _seconds += run.Seconds * run.Runs;
        if (run.Succeeded && !(run.Time < LastSuccess))
            LastSuccess = run.Time;
        if (Last is not null && run.Time < Last.Time)
            return;
        Last = run;
        OldestSeconds = run.OldestSeconds ?? OldestSeconds;
        CertificateDays = run.CertificateDays ?? CertificateDays;
    }
}
