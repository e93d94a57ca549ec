using System;
using System.Linq;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Sync.Journal;

namespace PandoraSync.Cmdlets.Sync;

/// <summary>A record of the journal: a run over a site, or several that said the same and in which nothing came. Its properties are named as those of Invoke-PandoraSync's results.</summary>
public sealed class SyncRecord
{
    internal SyncRecord(JournalRecord record)
    {
        (Site, StartTime, Runs, Duration) = (record.Site, record.Time.ToLocalTime(), record.Runs, Math.Round(record.Elapsed.TotalSeconds, 3));
        (Files, Bytes, Recovered, Skipped) = (record.Files, record.Bytes, record.Recovered, record.Skipped);
        SkippedFiles = new TextList(record.SkippedFiles.Select(f => $"{f.Name}: {f.Reason}"));
        Result = ResultOf(record);
        if (record.Error is { } error)
            (Error, ErrorId, RecommendedAction) = (ErrorMapper.Problem(error), ErrorMapper.IdOf(error), ErrorMapper.Advice(error));
    }

    /// <summary>When the run, or the first of them, began, local time.</summary>
    public DateTime StartTime { get; }

    /// <summary>The site: <c>host:port</c>.</summary>
    public string Site { get; }

    /// <summary><c>OK</c>, <c>FilesSkipped</c>, or the kind of the error that ended it.</summary>
    public string Result { get; }

    /// <summary>True if the site was drained to its end and every file was taken.</summary>
    public bool Succeeded => Result is "OK";

    /// <summary>Runs, 1 or more.</summary>
    public long Runs { get; }

    /// <summary>Files that have arrived.</summary>
    public long Files { get; }

    /// <summary>Their content in bytes.</summary>
    public long Bytes { get; }

    /// <summary>Of <see cref="Files"/>, those that an interrupted run had begun.</summary>
    public long Recovered { get; }

    /// <summary>Files that were left, by the last of the runs.</summary>
    public long Skipped { get; }

    /// <summary>Those that had not been named before, each as <c>name: reason</c>.</summary>
    public TextList SkippedFiles { get; }

    /// <summary>How long the runs took together, in seconds.</summary>
    public double Duration { get; }

    /// <summary>Why the site could not be drained to its end; null if it was.</summary>
    public string? Error { get; }

    /// <summary>The error's id; null if there was none.</summary>
    public string? ErrorId { get; }

    /// <summary>What a person can do about the error; null if there was none.</summary>
    public string? RecommendedAction { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Site}: {Result}";

    /// <summary>The result as a word.</summary>
    internal static string ResultOf(JournalRecord record) => record.Error?.Kind.ToString() ?? (record.Skipped > 0 ? "FilesSkipped" : "OK");
}
