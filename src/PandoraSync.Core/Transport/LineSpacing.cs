using System;
using System.Diagnostics;
using System.Net.Sockets;
using System.Threading.Tasks;
using PandoraSync.Native;

namespace PandoraSync.Transport;

/// <summary>
/// Keeps lines apart on a plain connection, so that each is read by itself (protocol.md, section 10): time passes between two of them, and
/// never more of them are unacknowledged than the system sends at once, since it would put those that wait into one segment.
/// </summary>
/// <param name="socket">The connection.</param>
/// <param name="gap">Time between two lines.</param>
internal sealed class LineSpacing(Socket socket, Func<TimeSpan> gap)
{
    // A new connection may send ten segments before the first is acknowledged.
    private const int LinesPerRoundTrip = 8;

    // What a timer can tell apart.
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly Stopwatch _since = Stopwatch.StartNew();

    /// <summary>The least gap by which a line of that length is not overfilled; null where the system tells how full it is.</summary>
    public static TimeSpan? LeastGap(TimeSpan roundTrip) =>
        SocketTuning.CanTellWindow ? null : TimeSpan.FromTicks(roundTrip.Ticks / LinesPerRoundTrip);

    /// <summary>Comes back when the next line may leave; at once if the connection is closed, which the write then tells.</summary>
    public async Task WaitAsync()
    {
        for (var left = gap() - _since.Elapsed; left > Tick; left = gap() - _since.Elapsed)
            await Task.Delay(left).ConfigureAwait(false);
        while (SocketTuning.IsWindowFull(socket))
            await Task.Delay(Tick).ConfigureAwait(false);
        _since.Restart();
    }
}
