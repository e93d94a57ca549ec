using System;
using System.Collections.Generic;
using System.Diagnostics;

namespace PandoraSync.Cmdlets.Base;

/// <summary>How fast something was in the last seconds.</summary>
internal sealed class Rate
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(0.5);
    private readonly Queue<(TimeSpan At, long Items, long Bytes)> _points = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private (TimeSpan At, long Items, long Bytes) _last;

    /// <summary>Bytes in a second; null while too little is known.</summary>
    public double? BytesPerSecond => Per(_last.Bytes - First.Bytes);

    private (TimeSpan At, long Items, long Bytes) First => _points.Count > 0 ? _points.Peek() : _last;

    /// <summary>Notes how far it is now.</summary>
    public void Add(long items, long bytes)
    {
        _last = (_clock.Elapsed, items, bytes);
        _points.Enqueue(_last);
        while (_last.At - _points.Peek().At > Window)
            _points.Dequeue();
    }

    /// <summary>Whole seconds for so many items at this rate; -1 if that cannot be told.</summary>
    public int SecondsFor(long items) => Per(_last.Items - First.Items) is > 0 and var rate && items / rate < int.MaxValue ? (int)Math.Ceiling(items / rate) : -1;

    private double? Per(long amount) => _last.At - First.At is var time && time >= Shortest ? amount / time.TotalSeconds : null;
}
