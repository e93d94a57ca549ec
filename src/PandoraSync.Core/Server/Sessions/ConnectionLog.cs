using System;
using System.Globalization;

namespace PandoraSync.Server.Sessions;

/// <summary>The lines of one source: one that comes again and again is written once, and then with how often it came.</summary>
/// <param name="limiter">Where they go.</param>
/// <param name="about">The source as it is named in the log.</param>
internal sealed class ConnectionLog(LogLimiter limiter, string about) : IDisposable
{
    private static readonly TimeSpan LongestCount = TimeSpan.FromMinutes(1);
    private readonly object _gate = new();
    private (TentacleLogLevel Level, string Text)? _last;
    private long _repeats;
    private TimeSpan _since;

    /// <summary>Writes a line; from any thread.</summary>
    public void Write(TentacleLogLevel level, string text)
    {
        lock (_gate)
        {
            if (_last == (level, text))
            {
                _repeats++;
                if (limiter.Now - _since >= LongestCount)
                    Tell();
                return;
            }

            Tell();
            _last = (level, text);
        }

        limiter.Write(about, level, text);
    }

    /// <summary>Writes how often the last line came again.</summary>
    public void Dispose()
    {
        lock (_gate)
            Tell();
    }

    private void Tell()
    {
        if (_repeats > 0)
            limiter.Write(about, _last!.Value.Level, string.Format(CultureInfo.InvariantCulture, "{0} (repeated {1} times)", _last.Value.Text, _repeats));
        _repeats = 0;
        _since = limiter.Now;
    }
}
