using System;
using System.Collections.Generic;

namespace PandoraSync.Cmdlets.Report;

/// <summary>What came in a stretch of time.</summary>
internal sealed class ReportPeriod(DateTime begin)
{
    public DateTime Begin { get; } = begin;

    public long Runs { get; private set; }

    public long Files { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Runs that did not succeed, by their results.</summary>
    public Dictionary<string, long> Failures { get; } = new(StringComparer.Ordinal);

    public void Add(ReportRun run)
    {
        (Runs, Files, Bytes) = (Runs + run.Runs, Files + run.Files, Bytes + run.Bytes);
        if (!run.Succeeded)
            Count(run.Result, run.Runs);
    }

    public void Add(ReportPeriod other)
    {
        (Runs, Files, Bytes) = (Runs + other.Runs, Files + other.Files, Bytes + other.Bytes);
        foreach (var failure in other.Failures)
            Count(failure.Key, failure.Value);
    }

    private void Count(string result, long runs) => Failures[result] = (Failures.TryGetValue(result, out var before) ? before : 0) + runs;
}
