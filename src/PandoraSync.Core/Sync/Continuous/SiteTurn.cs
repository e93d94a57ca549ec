using System;
using PandoraSync.Protocol;

namespace PandoraSync.Sync.Continuous;

/// <summary>When a site has its next turn: at each round while it answers, less and less often while it does not.</summary>
internal sealed class SiteTurn
{
    /// <summary>Longest time between two calls of a site that does not answer, unless the interval itself is longer.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    private TimeSpan _notBefore;

    /// <summary>True while it is being drained.</summary>
    public bool IsUnderWay { get; private set; }

    /// <summary>Runs without success since the last one with it.</summary>
    public int FailuresInARow { get; private set; }

    /// <summary>True if the last of them was for what is wrong on this machine.</summary>
    public bool FailedHere { get; private set; }

    /// <summary>When the first of them was, as the clock's elapsed time.</summary>
    public TimeSpan FailingSince { get; private set; }

    /// <summary>Takes the turn, if it has come.</summary>
    /// <param name="now">The clock's elapsed time.</param>
    public bool TryBegin(TimeSpan now)
    {
        if (IsUnderWay || now < _notBefore)
            return false;
        IsUnderWay = true;
        return true;
    }

    /// <summary>Has its turn at the next round, whatever has been.</summary>
    public void AskAtOnce() => _notBefore = TimeSpan.Zero;

    /// <summary>Ends the turn of a site that was not called to its end because the run was stopped.</summary>
    public void Abandon() => IsUnderWay = false;

    /// <summary>Ends the turn.</summary>
    /// <param name="error">Why the site could not be drained; null if it was.</param>
    /// <param name="interval">Time between rounds.</param>
    /// <param name="now">The clock's elapsed time.</param>
    public void End(TentacleException? error, TimeSpan interval, TimeSpan now)
    {
        IsUnderWay = false;
        FailedHere = error is not null && IsOfThisMachine(error);
        if (error is null)
        {
            (FailuresInARow, _notBefore) = (0, TimeSpan.Zero);
            return;
        }

        if (FailuresInARow++ == 0)
            FailingSince = now;
        _notBefore = FailedHere ? TimeSpan.Zero : now + PauseAfter(FailuresInARow, interval);
    }

    /// <summary>What is wrong here says nothing of the site, and is mended without its doing.</summary>
    public static bool IsOfThisMachine(TentacleException error) => error.Kind is TentacleErrorKind.LocalFile or TentacleErrorKind.DiskFull or TentacleErrorKind.Busy;

    /// <summary>Twice the interval after the second failure, then twice as long each time. A little less, so that the round that falls on its end is not missed for a moment.</summary>
    private static TimeSpan PauseAfter(int failures, TimeSpan interval)
    {
        var most = Math.Max(LongestPause.TotalSeconds, interval.TotalSeconds);
        var pause = Math.Min(most, interval.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 20)));
        return TimeSpan.FromSeconds(pause - (interval.TotalSeconds / 2));
    }
}
