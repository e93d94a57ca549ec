using System;

namespace PandoraSync.Transport;

/// <summary>
/// The time that a served connection has earned by useful work: content that moved, files that were stored or taken. Questions that are
/// answered with an error earn nothing. It counts only while others wait for the connection's place.
/// </summary>
/// <param name="elapsed">The time since some moment; not the clock, which may be set anew.</param>
internal sealed class WorkCredit(Func<TimeSpan> elapsed)
{
    /// <summary>Bytes that earn a second.</summary>
    public const int BytesPerSecond = 1000;

    /// <summary>Time for the handshake and the first useful thing.</summary>
    private static readonly TimeSpan AtFirst = TimeSpan.FromSeconds(1);

    /// <summary>Most that can be saved up: as long as a disk may need to take what was moved.</summary>
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();
    private TimeSpan _end = elapsed() + AtFirst;
    private Func<long?>? _acknowledged;
    private long _seen;
    private TimeSpan? _workingSince;

    /// <summary>What is left; negative by the time since it was used up. Always some while this side is working for the client.</summary>
    public TimeSpan Left
    {
        get
        {
            lock (_gate)
            {
                return _workingSince is not null || !TryCountAcknowledged() ? Most : _end - elapsed();
            }
        }
    }

    /// <summary>Content has moved, or what is worth as much.</summary>
    public void Moved(long bytes)
    {
        lock (_gate)
            Add(bytes);
    }

    /// <summary>A file was stored or taken.</summary>
    public void Done() => Moved(BytesPerSecond);

    /// <summary>This side is busy for the client, with its disk most often: nobody is cut off for that.</summary>
    public void BeginWork()
    {
        lock (_gate)
            _workingSince ??= elapsed();
    }

    /// <summary>The client's turn again.</summary>
    public void EndWork()
    {
        lock (_gate)
        {
            _end += elapsed() - (_workingSince ?? elapsed());
            _workingSince = null;
        }
    }

    /// <summary>Content is being sent: what the client acknowledges counts, since one write may take long on a slow line.</summary>
    /// <param name="acknowledged">Tells the bytes that were acknowledged so far, or null where the platform cannot: then only the least rate bounds what is sent.</param>
    public void BeginSending(Func<long?> acknowledged)
    {
        lock (_gate)
        {
            _seen = 0;
            _acknowledged = acknowledged;
            _seen = ReadAcknowledged() ?? 0;
        }
    }

    /// <summary>All of it was written, or it broke.</summary>
    public void EndSending()
    {
        lock (_gate)
            _acknowledged = null;
    }

    /// <summary>Counts what was acknowledged of what is being sent.</summary>
    /// <returns>False if the platform cannot tell.</returns>
    private bool TryCountAcknowledged()
    {
        if (_acknowledged is null)
            return true;
        if (ReadAcknowledged() is not { } now)
            return false;
        Add(now - _seen);
        _seen = now;
        return true;
    }

    private long? ReadAcknowledged()
    {
        try
        {
            return _acknowledged!();
        }
        catch (ObjectDisposedException)
        {
            // Closed a moment ago; its place is on its way back.
            return _seen;
        }
    }

    private void Add(long bytes)
    {
        var now = elapsed();
        var end = (_end > now ? _end : now) + TimeSpan.FromSeconds(Math.Min(bytes / (double)BytesPerSecond, Most.TotalSeconds));
        _end = end < now + Most ? end : now + Most;
    }
}
