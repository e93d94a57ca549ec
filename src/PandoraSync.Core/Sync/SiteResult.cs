using System;
using System.Collections.Generic;
using PandoraSync.Protocol;

namespace PandoraSync.Sync;

/// <summary>What became of one site in one run.</summary>
internal sealed record SiteResult
{
    /// <summary>The site: <c>host:port</c>.</summary>
    public required string Site { get; init; }

    /// <summary>Files that have arrived.</summary>
    public required long Files { get; init; }

    /// <summary>Their content in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Of <see cref="Files"/>, those that an interrupted run had begun.</summary>
    public required long Recovered { get; init; }

    /// <summary>Most files that <see cref="Skipped"/> names: a site must not fill the memory with names.</summary>
    public const int MostNamed = 1000;

    /// <summary>Files that failed or must not be asked for, the first <see cref="MostNamed"/>; they are tried again, or named again, by the next run.</summary>
    public required IReadOnlyList<SkippedFile> Skipped { get; init; }

    /// <summary>Files that were left, those included that <see cref="Skipped"/> does not name.</summary>
    public required long SkippedCount { get; init; }

    /// <summary>How long the site took.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>How it was asked for its files: <c>fast lane</c>, <c>ahead over TLS</c>, <c>ahead with a gap of 3 ms</c> or <c>one at a time</c>; null if it was asked for none.</summary>
    public string? AskedBy { get; init; }

    /// <summary>True if the site has said what its buffer has.</summary>
    public bool HasListed { get; init; }

    /// <summary>The time in the name of the oldest file that its buffer had, UTC; null if it had none with one.</summary>
    public DateTime? OldestFile { get; init; }

    /// <summary>When the site's certificate ends, or the one that is shown to it if that is earlier, UTC; null where TLS did not get so far.</summary>
    public DateTime? CertificateEnd { get; init; }

    /// <summary>Why the site could not be drained to its end; null if it was.</summary>
    public TentacleException? Error { get; init; }

    /// <summary>True if the site was drained to its end and every file was taken.</summary>
    public bool Succeeded => Error is null && SkippedCount == 0;

    /// <summary>The result of a site that was not even called.</summary>
    /// <param name="site">The site.</param>
    /// <param name="error">Why.</param>
    public static SiteResult NotCalled(string site, TentacleException error) =>
        new() { Site = site, Files = 0, Bytes = 0, Recovered = 0, Skipped = [], SkippedCount = 0, Elapsed = TimeSpan.Zero, Error = error };
}
