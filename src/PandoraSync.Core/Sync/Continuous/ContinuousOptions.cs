using System;
using PandoraSync.Protocol;

namespace PandoraSync.Sync.Continuous;

/// <summary>How a continuous run goes. Checked where it is made and not changed afterwards.</summary>
internal sealed record ContinuousOptions
{
    private readonly TimeSpan _interval = TimeSpan.FromSeconds(60);

    /// <summary>Time from one round to the next, 1 s to a day, give or take a tenth by chance, so that many collectors do not call in step; 60 s by default.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: out of range.</exception>
    public TimeSpan Interval
    {
        get => _interval;
        init => _interval = value >= TimeSpan.FromSeconds(1) && value <= TimeSpan.FromDays(1)
            ? value
            : throw new TentacleException(TentacleErrorKind.Configuration, $"An interval of {value.TotalSeconds} s is out of range: give 1 s to a day.");
    }

    /// <summary>Time from one look at the files of the configuration to the next; 5 s by default.</summary>
    public TimeSpan LookInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Called at each look, as a sign of life; null for nobody.</summary>
    public Action? Alive { get; init; }

    /// <summary>The time that it goes by.</summary>
    public SyncClock Clock { get; init; } = SyncClock.System;

    /// <summary>Told each site's result as soon as it is there, from any thread; null for nobody.</summary>
    public Action<SiteResult>? Completed { get; init; }

    /// <summary>Told what happens, from any thread; null for nobody.</summary>
    public Action<SyncLogEntry>? Log { get; init; }
}
