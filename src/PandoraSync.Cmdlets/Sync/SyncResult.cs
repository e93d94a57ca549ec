using System;
using System.Linq;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Protocol;
using PandoraSync.Sync;

namespace PandoraSync.Cmdlets.Sync;

/// <summary>What became of one site in one run, in values that can be written down.</summary>
public sealed class SyncResult
{
    private readonly TentacleException? _exception;

    internal SyncResult(SiteResult result)
    {
        Site = result.Site;
        Files = result.Files;
        Bytes = result.Bytes;
        Recovered = result.Recovered;
        Skipped = result.SkippedCount;
        SkippedFiles = new TextList(result.Skipped.Select(l => $"{l.Name}: {l.Reason}"));
        Duration = Math.Round(result.Elapsed.TotalSeconds, 3);
        StartTime = DateTime.Now - result.Elapsed;
        _exception = result.Error;
        if (result.Error is { } error)
            (Error, ErrorId, RecommendedAction) = (ErrorMapper.Problem(error), ErrorMapper.IdOf(error), ErrorMapper.Advice(error));
        Result = result.Error?.Kind.ToString() ?? (Skipped > 0 ? "FilesSkipped" : "OK");
    }

    /// <summary>For a site that was not even called.</summary>
    internal SyncResult(string site, TentacleException error)
        : this(SiteResult.NotCalled(site, error))
    {
    }

    /// <summary>The site: <c>host:port</c>, as -ComputerName takes it; as it was given where that is no address.</summary>
    public string Site { get; }

    /// <summary><c>OK</c>, <c>FilesSkipped</c>, or the kind of the error that ended it, such as <c>Unreachable</c>.</summary>
    public string Result { get; }

    /// <summary>True if the site was drained to its end and every file was taken.</summary>
    public bool Succeeded => _exception is null && Skipped == 0;

    /// <summary>Files that have arrived.</summary>
    public long Files { get; }

    /// <summary>Their content in bytes.</summary>
    public long Bytes { get; }

    /// <summary>Of <see cref="Files"/>, those that an interrupted run had begun.</summary>
    public long Recovered { get; }

    /// <summary>Files that failed or must not be asked for; the next run tries them again, or names them again.</summary>
    public long Skipped { get; }

    /// <summary>The first 1,000 of them, each as <c>name: reason</c>.</summary>
    public TextList SkippedFiles { get; }

    /// <summary>When the site's turn came, local time.</summary>
    public DateTime StartTime { get; }

    /// <summary>How long it took, in seconds.</summary>
    public double Duration { get; }

    /// <summary>Why the site could not be drained to its end; null if it was.</summary>
    public string? Error { get; }

    /// <summary>The error's id, such as <c>Tentacle.Unreachable</c>; null if there was none.</summary>
    public string? ErrorId { get; }

    /// <summary>What a person can do about the error; null if there was none.</summary>
    public string? RecommendedAction { get; }

    /// <summary>The error itself; null if there was none. A method, since a property would be written down by ConvertTo-Json and jobs with all that an exception drags along.</summary>
    public TentacleException? GetException() => _exception;

    /// <inheritdoc/>
    public override string ToString() => $"{Site}: {Result}";
}
