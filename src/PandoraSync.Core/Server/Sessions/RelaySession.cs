using System;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Files;
using PandoraSync.Protocol;
using PandoraSync.Transport;

namespace PandoraSync.Server.Sessions;

/// <summary>
/// Passes a conversation on to another Tentacle server (stock's <c>-b -g</c>). TLS and password of both hops end here; the content goes
/// through unseen. How one side ends is how the other side is ended, so that a server of ours behind it still knows whether the
/// client has shown that it has a file (protocol.md, section 5).
/// </summary>
internal sealed class RelaySession(TentacleChannel client, TentacleClientOptions next, TentacleServerOptions options, CancellationToken hardStop) : IServerSession
{
    private long _lastActivity = Environment.TickCount;

    /// <inheritdoc/>
    public async Task RunAsync()
    {
        using var server = await PandoraSync.Client.TentacleClient.ConnectChannelAsync(next, hardStop).ConfigureAwait(false);
        using var watch = server.Watch(hardStop);

        // While one side sends, the other is silent; only silence of both is a stall.
        client.IdleTimeout = server.IdleTimeout = Timeout.InfiniteTimeSpan;
        using var timer = new Timer(_ => BreakOffIfIdle(server), state: null, options.IdleTimeout, TimeSpan.FromTicks(options.IdleTimeout.Ticks / 4));
        var up = PumpAsync(client, server);
        var down = PumpAsync(server, client);
        await Task.WhenAll(up, down).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Stop()
    {
        // Where a command ends is not for a relay to know: the conversation goes on to its end or to the end of the grace period.
    }

    private async Task PumpAsync(TentacleChannel from, TentacleChannel to)
    {
        var buffer = BufferPool.Rent();
        try
        {
            for (int count; (count = await from.ReadSomeAsync(buffer).ConfigureAwait(false)) > 0;)
            {
                Volatile.Write(ref _lastActivity, Environment.TickCount);
                await to.WriteAsync(buffer, count).ConfigureAwait(false);
                Volatile.Write(ref _lastActivity, Environment.TickCount);
            }

            if (from.EndedOrderly && await from.IsAllAcknowledgedAsync().ConfigureAwait(false))
                to.Dispose();
            else
                to.Abort();
        }
        catch (TentacleException)
        {
            // Either side broke; the other is to see a break too. If it was closed already, the conversation had ended.
            from.Abort();
            to.Abort();
        }
        finally
        {
            BufferPool.Return(buffer);
        }
    }

    private void BreakOffIfIdle(TentacleChannel server)
    {
        if (unchecked(Environment.TickCount - (int)Volatile.Read(ref _lastActivity)) < options.IdleTimeout.TotalMilliseconds)
            return;
        client.Abort();
        server.Abort();
    }
}
