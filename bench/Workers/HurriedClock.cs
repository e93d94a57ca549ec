using System;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Sync.Continuous;

namespace PandoraSync.Bench;

/// <summary>Time that runs faster than the machine's, so that an hour of rounds can be measured in a minute.</summary>
internal sealed class HurriedClock : SyncClock
{
    private readonly DateTime _start = DateTime.UtcNow;
    private readonly Lock _gate = new();
    private TimeSpan _past;
    private TimeSpan _since;
    private double _speed = 1;

    /// <summary>Seconds of it in one of the machine's; waits that have begun go on at the speed of before.</summary>
    public double Speed
    {
        get => _speed;
        set
        {
            lock (_gate)
                (_past, _since, _speed) = (Elapsed, base.Elapsed, value);
        }
    }

    public override DateTime UtcNow => _start + Elapsed;

    public override TimeSpan Elapsed
    {
        get
        {
            lock (_gate)
                return _past + ((base.Elapsed - _since) * _speed);
        }
    }

    public override Task DelayAsync(TimeSpan time, CancellationToken cancellationToken) => base.DelayAsync(time / Speed, cancellationToken);
}
