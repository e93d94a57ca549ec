using System;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Transport;

namespace PandoraSync.Sync.Drain;

/// <summary>
/// How one site is asked: its connections share what they find out, for the run. A stock server is asked ahead where each of its reads finds one
/// command (protocol.md, section 10): over TLS always; over a plain line when the line is long, with a gap between commands that shrinks while answers
/// come and doubles when a connection breaks; one command at a time on short plain lines, and where asking ahead keeps breaking.
/// </summary>
/// <param name="mayAskAhead">False to ask for one file at a time on every line.</param>
/// <param name="say">Told the story.</param>
internal sealed class AskingManner(bool mayAskAhead, Action<string> say)
{
    /// <summary>From this round trip on, waiting for each answer costs more than leaving a gap before each command.</summary>
    public static readonly TimeSpan LongRoundTrip = TimeSpan.FromMilliseconds(5);

    // Breaks in a row after which nothing more is asked ahead.
    private const int MostBreaks = 3;

    // With less, two commands now and then meet in one read of a busy server.
    private static readonly TimeSpan LeastGap = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestFirstGap = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestGap = TimeSpan.FromMilliseconds(80);
    private const int GapsPerRoundTrip = 10;

    // Enough to keep a line busy while half of what is under way is still to be sent, and little to ask for again after a break.
    private const int RoundTripsAhead = 4;
    private static readonly TimeSpan LeastAhead = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MostAhead = TimeSpan.FromSeconds(2);
    private const double Doubling = 2;
    private const double Shrinking = 0.8;

    // What broke once is come near to again, but slowly: a break costs as much as several bursts gain by it.
    private const double ShrinkingAfterBreak = 0.85;

    private readonly object _gate = new();
    private TimeSpan _roundTrip = TimeSpan.MaxValue;
    private TimeSpan _leastGap;
    private TimeSpan _gap;
    private int _breaks;
    private int _breaksInARow;
    private bool _isTls;
    private bool _hasFastLane;
    private volatile bool _hasAskedAhead;

    /// <summary>Time between two commands; zero where the records of TLS keep them apart.</summary>
    public TimeSpan GetGap()
    {
        lock (_gate)
            return _isTls ? TimeSpan.Zero : _gap;
    }

    /// <summary>How long an answer may take until so much is under way that more would only wait longer.</summary>
    public TimeSpan EnoughAhead
    {
        get
        {
            lock (_gate)
                return Between(LeastAhead, TimeSpan.FromSeconds(RoundTripsAhead * Math.Min(_roundTrip.TotalSeconds, MostAhead.TotalSeconds)), MostAhead);
        }
    }

    /// <summary>Breaks so far.</summary>
    public int Breaks
    {
        get
        {
            lock (_gate)
                return _breaks;
        }
    }

    /// <summary>True if a stock server at the end of this line is to be asked ahead.</summary>
    public bool IsAskedAhead
    {
        get
        {
            lock (_gate)
                return mayAskAhead && _breaksInARow < MostBreaks && (_isTls || _roundTrip >= LongRoundTrip);
        }
    }

    /// <summary>In words, for people; null if nothing was asked for.</summary>
    public string? Description
    {
        get
        {
            lock (_gate)
            {
                if (_roundTrip == TimeSpan.MaxValue)
                    return null;
                if (_hasFastLane)
                    return "fast lane";
                if (!_hasAskedAhead || _breaksInARow >= MostBreaks)
                    return "one at a time";
                return _isTls ? "ahead over TLS" : string.Format(CultureInfo.InvariantCulture, "ahead with a gap of {0:0.#} ms", _gap.TotalMilliseconds);
            }
        }
    }

    /// <summary>Notes how a server is reached and how soon it answers.</summary>
    public void Observe(TentacleClient client) => Observe(client.Options.Tls is not null, client.HasFastLane, client.RoundTrip);

    /// <inheritdoc cref="Observe(TentacleClient)"/>
    public void Observe(bool isTls, bool hasFastLane, TimeSpan roundTrip)
    {
        lock (_gate)
        {
            (_isTls, _hasFastLane) = (isTls, hasFastLane);
            if (roundTrip >= _roundTrip)
                return;
            _roundTrip = roundTrip;
            _leastGap = LineSpacing.LeastGap(_roundTrip) is { } least && least > LeastGap ? least : LeastGap;
            if (!_hasAskedAhead)
                _gap = Between(_leastGap, TimeSpan.FromTicks(_roundTrip.Ticks / GapsPerRoundTrip), LongestFirstGap);
        }
    }

    /// <summary>Whether a stock server is to be asked ahead over this connection, which is in step then.</summary>
    /// <param name="client">A connection that was observed.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <exception cref="Protocol.TentacleException">Broken, silent or not Tentacle.</exception>
    public async Task<bool> CanAskAheadAsync(TentacleClient client, CancellationToken cancellationToken)
    {
        if (!IsAskedAhead)
            return false;
        if (client.Options.Tls is null && !_hasAskedAhead)
        {
            // One slow answer does not make a line long.
            await client.ProbeAsync(cancellationToken).ConfigureAwait(false);
            Observe(client);
            if (!IsAskedAhead)
                return false;
        }

        _hasAskedAhead = true;
        say($"asked {Description}");
        await client.ResyncAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>All of a burst that was asked ahead has come, each in its place.</summary>
    /// <param name="gap"><see cref="GetGap"/> when it was begun: what several connections have proven at once is proven once.</param>
    public void Proved(TimeSpan gap)
    {
        lock (_gate)
        {
            _breaksInARow = 0;
            if (gap == _gap)
                _gap = Between(_leastGap, TimeSpan.FromTicks((long)(_gap.Ticks * (_breaks == 0 ? Shrinking : ShrinkingAfterBreak))), LongestGap);
        }
    }

    /// <summary>A connection has broken in a way that commands which met in one read explain.</summary>
    /// <param name="breaksBefore"><see cref="Breaks"/> when it was opened: what breaks several connections at once is one break.</param>
    public void Broke(int breaksBefore)
    {
        bool isGivenUp;
        lock (_gate)
        {
            if (breaksBefore != _breaks)
                return;
            _breaks++;
            _breaksInARow++;
            _gap = Between(_leastGap, TimeSpan.FromTicks((long)(_gap.Ticks * Doubling)), LongestGap);
            isGivenUp = _breaksInARow == MostBreaks;
        }

        if (isGivenUp)
            say($"asked for one file at a time from now on: asked ahead, its connections have broken {MostBreaks} times in a row");
    }

    private static TimeSpan Between(TimeSpan least, TimeSpan value, TimeSpan most)
    {
        var limited = value < most ? value : most;
        return limited > least ? limited : least;
    }
}
