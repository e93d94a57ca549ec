using System;
using System.Diagnostics;

namespace PandoraSync.Transport;

/// <summary>
/// The slowest that one transfer may be: a peer that gives or takes a byte now and then is never silent, and would otherwise keep
/// its place for ever. Only time spent waiting for the peer counts, not that of the disk here.
/// </summary>
/// <param name="allowance">Waiting that is always allowed; <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> for all there is.</param>
/// <param name="leastBytesPerSecond">Bytes that buy another second; 0 for no limit.</param>
internal sealed class MinDataRate(TimeSpan allowance, int leastBytesPerSecond)
{
    private readonly Stopwatch _waiting = new();
    private long _bytes;

    /// <summary>How long the next wait may take; null for as long as it likes.</summary>
    public TimeSpan? Left => leastBytesPerSecond <= 0 || allowance < TimeSpan.Zero
        ? null
        : allowance + TimeSpan.FromSeconds(_bytes / (double)leastBytesPerSecond) - _waiting.Elapsed;

    /// <summary>A wait begins.</summary>
    public void Begin() => _waiting.Start();

    /// <summary>It has ended.</summary>
    /// <param name="bytes">Bytes that came or went.</param>
    public void End(int bytes)
    {
        _waiting.Stop();
        _bytes += bytes;
    }

    /// <summary>Tells how slow it was, as the end of a sentence.</summary>
    public override string ToString() => $"{_bytes} bytes in {_waiting.Elapsed.TotalSeconds:0.#} s, slower than {leastBytesPerSecond} bytes a second";
}
