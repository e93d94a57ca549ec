using System;

namespace PandoraSync.TestSupport;

/// <summary>What a <see cref="FaultProxy"/> does to the bytes of one direction of one connection. Offsets count from the direction's first byte, 0.</summary>
public sealed record FaultPlan
{
    /// <summary>Each byte is held so long; bytes behind it do not wait for it twice (a long line, not a slow one).</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>So many bytes get through, then the connection is cut on both sides; null for never.</summary>
    public long? CutAt { get; init; }

    /// <summary>With <see cref="CutAt"/>: cut with RST instead of FIN.</summary>
    public bool CutByReset { get; init; }

    /// <summary>So many bytes get through, then nothing more until the proxy is told to <see cref="FaultProxy.Release"/>; null for never.</summary>
    public long? StallAt { get; init; }

    /// <summary>The byte at this offset gets through with all its bits turned; null for none.</summary>
    public long? CorruptAt { get; init; }

    /// <summary>Most bytes passed on in one write, each in a segment of its own; null for as they come.</summary>
    public int? SplitBytes { get; init; }

    /// <summary>Bytes are held back until so many have come (or the sender has ended) and passed on in one write; null for as they come.</summary>
    public int? MergeBytes { get; init; }

    /// <summary>What comes is held for so long after its first byte, and then passed on in one write: commands that left one by one arrive together.</summary>
    public TimeSpan? JoinFor { get; init; }

    /// <summary>
    /// Of the lines that pass, each goes by itself, some milliseconds after the one before, but for the one with this number (0 for the first) and the
    /// two behind it, which arrive together; null for never.
    /// </summary>
    public int? JoinLinesAt { get; init; }

    /// <summary>Told what comes, as it comes; null for nobody.</summary>
    public Action<byte[]>? Seen { get; init; }
}
