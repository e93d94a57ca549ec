using System;
using System.Collections.Generic;
using PandoraSync.Protocol;

namespace PandoraSync.Sync.Journal;

/// <summary>A line of the journal: what became of a site in one run, or in several that said the same and in which nothing came.</summary>
internal sealed record JournalRecord
{
    /// <summary>When the first of the runs began, UTC.</summary>
    public required DateTime Time { get; init; }

    /// <summary>The site: <c>host:port</c>.</summary>
    public required string Site { get; init; }

    /// <summary>Runs, 1 or more.</summary>
    public required long Runs { get; init; }

    /// <summary>Files that have arrived.</summary>
    public required long Files { get; init; }

    /// <summary>Their content in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Of <see cref="Files"/>, those that an interrupted run had begun.</summary>
    public required long Recovered { get; init; }

    /// <summary>Files that were left, by the last of the runs.</summary>
    public required long Skipped { get; init; }

    /// <summary>How long the runs took together.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Why the site could not be drained to its end; null if it was.</summary>
    public TentacleException? Error { get; init; }

    /// <summary>The files that were left and had not been named before.</summary>
    public IReadOnlyList<SkippedFile> SkippedFiles { get; init; } = [];

    /// <summary>The record of one run.</summary>
    public static JournalRecord Of(SiteResult result, DateTime time) => new()
    {
        Time = time,
        Site = result.Site,
        Runs = 1,
        Files = result.Files,
        Bytes = result.Bytes,
        Recovered = result.Recovered,
        Skipped = result.SkippedCount,
        Elapsed = result.Elapsed,
        Error = result.Error,
    };

    /// <summary>The record as a line.</summary>
    public string ToLine() => new JsonText().Add("time", Time).Add("site", Site).Add("runs", Runs).Add("files", Files).Add("bytes", Bytes).Add("recovered", Recovered)
        .Add("skipped", Skipped).Add("seconds", Elapsed.TotalSeconds).Add("kind", Error?.Kind.ToString()).Add("error", Error?.Message).Add("advice", Error?.Advice).ToString();

    /// <summary>The line of a file that was left.</summary>
    public string ToLine(SkippedFile file) => new JsonText().Add("time", Time).Add("site", Site).Add("file", file.Name).Add("kind", file.Kind.ToString()).Add("reason", file.Reason).ToString();

    /// <summary>Reads a line of a run; null if it is another or none.</summary>
    public static JournalRecord? TryRead(IReadOnlyDictionary<string, string> line) => JsonText.Time(line, "time") is not { } time || JsonText.Text(line, "site") is not { } site || line.ContainsKey("file")
        ? null
        : new JournalRecord
        {
            Time = time,
            Site = site,
            Runs = Math.Max(1, JsonText.Number(line, "runs")),
            Files = JsonText.Number(line, "files"),
            Bytes = JsonText.Number(line, "bytes"),
            Recovered = JsonText.Number(line, "recovered"),
            Skipped = JsonText.Number(line, "skipped"),
            Elapsed = TimeSpan.FromSeconds(Math.Min(TimeSpan.MaxValue.TotalSeconds / 2, Math.Max(0, JsonText.Real(line, "seconds")))),
            Error = ReadError(line, site),
        };

    /// <summary>Reads a line of a file that was left; null if it is another or none.</summary>
    public static (DateTime Time, string Site, SkippedFile File)? TryReadFile(IReadOnlyDictionary<string, string> line) =>
        JsonText.Time(line, "time") is { } time && JsonText.Text(line, "site") is { } site && JsonText.Text(line, "file") is { } name
            ? (time, site, new SkippedFile(name, JsonText.Text(line, "reason") ?? string.Empty, KindOf(line)))
            : null;

    /// <summary>Reads the error of a line; null for none.</summary>
    public static TentacleException? ReadError(IReadOnlyDictionary<string, string> line, string site) =>
        JsonText.Text(line, "error") is { } message ? new TentacleException(KindOf(line), message) { Peer = site }.Advise(JsonText.Text(line, "advice")) : null;

    private static TentacleErrorKind KindOf(IReadOnlyDictionary<string, string> line) => Enum.TryParse<TentacleErrorKind>(JsonText.Text(line, "kind"), out var kind) ? kind : default;
}
