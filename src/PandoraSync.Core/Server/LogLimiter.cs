using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using PandoraSync.Server.Access;
using PandoraSync.Server.Sessions;

namespace PandoraSync.Server;

/// <summary>
/// Bounds what one address can have written to the log: of files that came and went a line each, of everything else, such as refusals,
/// far fewer. What is left out is counted, and the number written.
/// </summary>
/// <param name="write">Writes a line.</param>
/// <param name="elapsed">The time since some moment; not the clock, which may be set anew.</param>
internal sealed class LogLimiter(Action<TentacleLogLevel, string> write, Func<TimeSpan> elapsed)
{
    private const int MostAddresses = 1000;
    private const int DoneAtOnce = 20_000;
    private const int DonePerSecond = 1000;
    private const int OthersAtOnce = 100;
    private const int OthersPerSecond = 10;

    private readonly object _gate = new();
    private readonly Dictionary<string, Source> _sources = new(StringComparer.Ordinal);

    /// <summary>Time since some moment.</summary>
    public TimeSpan Now => elapsed();

    /// <summary>The lines of one connection.</summary>
    public ConnectionLog For(IPAddress address) => new(this, ConnectionLimiter.KeyOf(address).ToString());

    /// <summary>Writes a line, unless there have been too many about the same source.</summary>
    /// <param name="about">The source as it is named in the log.</param>
    /// <param name="level">Its importance.</param>
    /// <param name="text">What happened.</param>
    public void Write(string about, TentacleLogLevel level, string text)
    {
        string? forgotten = null;
        string? leftOut = null;
        lock (_gate)
        {
            if (!_sources.TryGetValue(about, out var source))
            {
                forgotten = MakePlace();
                source = _sources[about] = new Source(Now);
            }

            if (!source.TryTake(level, Now))
                return;
            leftOut = Count(about, source);
        }

        // Not under the lock: whoever is told may take his time.
        foreach (var line in new[] { forgotten, leftOut })
        {
            if (line is not null)
                write(TentacleLogLevel.Error, line);
        }

        write(level, text);
    }

    /// <summary>Writes how much was left out and not told yet.</summary>
    public void Flush()
    {
        string[] lines;
        lock (_gate)
            lines = _sources.Select(s => Count(s.Key, s.Value)).OfType<string>().ToArray();
        foreach (var line in lines)
            write(TentacleLogLevel.Error, line);
    }

    private static string? Count(string about, Source source)
    {
        if (source.LeftOut == 0)
            return null;
        var line = Line(source.LeftOut, about);
        source.LeftOut = 0;
        return line;
    }

    private static string Line(long lines, string about) =>
        string.Format(CultureInfo.InvariantCulture, "{0} lines about {1} were left out: there were too many", lines, about);

    /// <summary>In a flood of addresses the quietest are forgotten.</summary>
    private string? MakePlace()
    {
        if (_sources.Count < MostAddresses)
            return null;
        long leftOut = 0;
        foreach (var old in _sources.OrderBy(s => s.Value.Last).Take(MostAddresses / 10).ToArray())
        {
            leftOut += old.Value.LeftOut;
            _sources.Remove(old.Key);
        }

        return leftOut == 0 ? null : Line(leftOut, "other addresses");
    }

    private sealed class Source(TimeSpan now)
    {
        private double _done = DoneAtOnce;
        private double _others = OthersAtOnce;

        public long LeftOut { get; set; }

        public TimeSpan Last { get; private set; } = now;

        public bool TryTake(TentacleLogLevel level, TimeSpan now)
        {
            var seconds = (now - Last).TotalSeconds;
            Last = now;
            _done = Math.Min(DoneAtOnce, _done + (seconds * DonePerSecond));
            _others = Math.Min(OthersAtOnce, _others + (seconds * OthersPerSecond));
            ref var allowance = ref level == TentacleLogLevel.Log ? ref _done : ref _others;
            if (allowance < 1)
            {
                LeftOut++;
                return false;
            }

            allowance--;
            return true;
        }
    }
}
