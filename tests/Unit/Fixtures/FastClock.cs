using System;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Sync.Continuous;

namespace PandoraSync.Tests.Fixtures;

/// <summary>Time that runs faster than the machine's: what waits a minute by it waits a part of a second. The time of day may be set anew.</summary>
/// <param name="speed">Seconds of it in one of the machine's.</param>
internal sealed class FastClock(double speed) : SyncClock
{
    private readonly DateTime _start = new(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc);
    private long _setByTicks;

    public override DateTime UtcNow => _start + Elapsed + TimeSpan.FromTicks(Interlocked.Read(ref _setByTicks));

    public override TimeSpan Elapsed => TimeSpan.FromTicks((long)(base.Elapsed.Ticks * speed));

    public override Task DelayAsync(TimeSpan time, CancellationToken cancellationToken) => base.DelayAsync(TimeSpan.FromTicks((long)(time.Ticks / speed)), cancellationToken);

    /// <summary>Sets the time of day, as an administrator or a time server does.</summary>
    public void SetBy(TimeSpan time) => Interlocked.Add(ref _setByTicks, time.Ticks);
}
