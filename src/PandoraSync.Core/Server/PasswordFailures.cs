using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Net;

namespace PandoraSync.Server;

/// <summary>Slows down whoever guesses passwords: after each failure the next answer to that address waits twice as long.</summary>
internal sealed class PasswordFailures(Func<DateTime> utcNow)
{
    private const int MostAddresses = 10_000;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<IPAddress, (int Count, DateTime Last)> _failures = new();

    /// <summary>How long an address has to wait before its password is looked at.</summary>
    public TimeSpan DelayFor(IPAddress address)
    {
        if (!_failures.TryGetValue(address, out var failure) || utcNow() - failure.Last > Memory)
            return TimeSpan.Zero;
        return TimeSpan.FromTicks(Math.Min(LongestDelay.Ticks, FirstDelay.Ticks << Math.Min(failure.Count - 1, 10)));
    }

    /// <summary>Notes a wrong password. In a flood of addresses the oldest are forgotten.</summary>
    public void Failed(IPAddress address)
    {
        if (_failures.Count >= MostAddresses)
        {
            foreach (var old in _failures.OrderBy(f => f.Value.Last).Take(MostAddresses / 10).Select(f => f.Key).ToArray())
                _failures.TryRemove(old, out _);
        }

        var now = utcNow();
        _failures.AddOrUpdate(address, (1, now), (_, earlier) => (now - earlier.Last > Memory ? 1 : earlier.Count + 1, now));
    }

    /// <summary>Forgets an address that has given the right one.</summary>
    public void Succeeded(IPAddress address) => _failures.TryRemove(address, out _);
}
