using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;

namespace PandoraSync.Server.Access;

/// <summary>Slows down whoever guesses passwords: after each failure the next answer to that address waits twice as long.</summary>
/// <param name="elapsed">The time since some moment; not the clock, which may be set anew.</param>
internal sealed class PasswordFailures(Func<TimeSpan> elapsed)
{
    private const int MostAddresses = 10_000;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);
    private readonly object _gate = new();
    private readonly Dictionary<IPAddress, (int Count, TimeSpan Last)> _failures = [];

    /// <summary>How long an address has to wait before its password is looked at.</summary>
    public TimeSpan DelayFor(IPAddress address)
    {
        lock (_gate)
        {
            if (!_failures.TryGetValue(ConnectionLimiter.KeyOf(address), out var failure) || elapsed() - failure.Last > Memory)
                return TimeSpan.Zero;
            return TimeSpan.FromTicks(Math.Min(LongestDelay.Ticks, FirstDelay.Ticks << Math.Min(failure.Count - 1, 10)));
        }
    }

    /// <summary>Notes a wrong password. In a flood of addresses the oldest are forgotten.</summary>
    public void Failed(IPAddress address)
    {
        lock (_gate)
        {
            if (_failures.Count >= MostAddresses)
            {
                foreach (var old in _failures.OrderBy(f => f.Value.Last).Take(MostAddresses / 10).Select(f => f.Key).ToArray())
                    _failures.Remove(old);
            }

            var key = ConnectionLimiter.KeyOf(address);
            var now = elapsed();
            var count = _failures.TryGetValue(key, out var earlier) && now - earlier.Last <= Memory ? earlier.Count + 1 : 1;
            _failures[key] = (count, now);
        }
    }

    /// <summary>Forgets an address that has given the right one.</summary>
    public void Succeeded(IPAddress address)
    {
        lock (_gate)
            _failures.Remove(ConnectionLimiter.KeyOf(address));
    }
}
