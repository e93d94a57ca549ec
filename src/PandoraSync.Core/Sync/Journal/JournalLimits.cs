using System;

namespace PandoraSync.Sync.Journal;

/// <summary>How much a journal keeps.</summary>
internal sealed record JournalLimits
{
    /// <summary>Most bytes of all its files; 64 MB by default. The oldest are deleted first.</summary>
    public long MaxBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>How long a record is kept at least, where there is room; 90 days by default.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How long results that say nothing new, such as those of a site with nothing in it, are counted together before a record says so; an hour by default.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromHours(1);
}
