using System;
using System.Diagnostics;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;

namespace PandoraSync.TestSupport;

/// <summary>One connection through a <see cref="FaultProxy"/>: two directions, each a reader that stamps what comes and a writer that passes it on in time.</summary>
internal sealed class FaultLine : IDisposable
{
    private const int TcpLevel = 6;
    private const int TcpQuickAck = 12;
    private static readonly TimeSpan BetweenLines = TimeSpan.FromMilliseconds(4);
    private const int MostBytesHeld = 4 * 1024 * 1024;
    private readonly FaultProxy _proxy;
    private readonly Socket _client;
    private readonly Socket _server;
    private int _cut;

    public FaultLine(FaultProxy proxy, Socket client, Socket server)
    {
        _proxy = proxy;
        _client = client;
        _server = server;
        client.NoDelay = server.NoDelay = true;
    }

    public Task RunAsync(FaultPlan toServer, FaultPlan toClient, CancellationToken stop) =>
        Task.WhenAll(PassAsync(_client, _server, toServer, stop), PassAsync(_server, _client, toClient, stop));

    public void Cut(bool reset)
    {
        if (Interlocked.Exchange(ref _cut, 1) != 0)
            return;
        foreach (var socket in new[] { _client, _server })
        {
            try
            {
                if (reset)
                {
                    socket.LingerState = new LingerOption(enable: true, seconds: 0);
                    socket.Dispose();
                }
                else
                {
                    // FIN now; the readers go on and throw away, for closing with unread bytes would send RST instead.
                    socket.Shutdown(SocketShutdown.Send);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Gone already.
            }
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    private async Task PassAsync(Socket from, Socket to, FaultPlan plan, CancellationToken stop)
    {
        var held = Channel.CreateBounded<(byte[] Bytes, long DueAt)>(MostBytesHeld / 1024);
        await Task.WhenAll(ReadAsync(from, plan, held.Writer, stop), WriteAsync(to, plan, held.Reader, stop));
    }

    private async Task ReadAsync(Socket from, FaultPlan plan, ChannelWriter<(byte[] Bytes, long DueAt)> held, CancellationToken stop)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                AcknowledgeAtOnce(from);
                var count = await from.ReceiveAsync(buffer, SocketFlags.None, stop);
                AcknowledgeAtOnce(from);
                if (count == 0)
                    break;
                plan.Seen?.Invoke(buffer.AsSpan(0, count).ToArray());
                if (Volatile.Read(ref _cut) == 0)
                    await held.WriteAsync((buffer.AsSpan(0, count).ToArray(), Stopwatch.GetTimestamp() + (long)(plan.Delay.TotalSeconds * Stopwatch.Frequency)), stop);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // A reset on one side is one on the other too; an end that the plan has cut already is no news.
            Cut(reset: true);
        }

        held.Complete();
    }

    private async Task WriteAsync(Socket to, FaultPlan plan, ChannelReader<(byte[] Bytes, long DueAt)> held, CancellationToken stop)
    {
        try
        {
            using var merged = new MemoryStream();
            long passed = 0;
            var lines = 0;
            await foreach (var (bytes, dueAt) in held.ReadAllAsync(stop))
            {
                await FaultClock.WaitUntilAsync(dueAt, stop);
                if (plan.JoinLinesAt is { } joinAt)
                {
                    foreach (var next in bytes)
                    {
                        merged.WriteByte(next);
                        if (next != (byte)'\n' || lines++ == joinAt || lines - 2 == joinAt)
                            continue;
                        await to.SendAsync(merged.ToArray(), SocketFlags.None, stop);
                        merged.SetLength(0);
                        await Task.Delay(BetweenLines, stop);
                    }

                    continue;
                }

                merged.Write(bytes);
                if (plan.JoinFor is { } joinFor)
                {
                    await FaultClock.WaitUntilAsync(dueAt + (long)(joinFor.TotalSeconds * Stopwatch.Frequency), stop);
                    while (held.TryRead(out var more))
                        merged.Write(more.Bytes);
                }

                if (merged.Length < (plan.MergeBytes ?? 0))
                    continue;
                passed = await PassOnAsync(to, plan, merged.ToArray(), passed, stop);
                merged.SetLength(0);
            }

            await PassOnAsync(to, plan, merged.ToArray(), passed, stop);
            if (Volatile.Read(ref _cut) == 0)
                to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Cut(reset: true);

            // The reader may be waiting for room.
            while (held.TryRead(out _))
            {
            }
        }
    }

    private async Task<long> PassOnAsync(Socket to, FaultPlan plan, byte[] bytes, long passed, CancellationToken stop)
    {
        for (var at = 0; at < bytes.Length && Volatile.Read(ref _cut) == 0;)
        {
            var room = Math.Min(bytes.Length - at, plan.SplitBytes ?? int.MaxValue);
            var next = passed + at;
            if (plan.StallAt is { } stallAt)
            {
                if (next == stallAt)
                    await _proxy.Released.WaitAsync(stop);
                else if (next < stallAt)
                    room = (int)Math.Min(room, stallAt - next);
            }

            if (plan.CutAt is { } cutAt)
                room = (int)Math.Min(room, cutAt - next);
            if (plan.CorruptAt is { } corruptAt && corruptAt >= next && corruptAt < next + room)
                bytes[at + (int)(corruptAt - next)] ^= 0xFF;
            if (room > 0)
                await to.SendAsync(bytes.AsMemory(at, room), SocketFlags.None, stop);
            at += room;
            if (passed + at == plan.CutAt)
                Cut(plan.CutByReset);
            if (plan.SplitBytes is not null)
                await Task.Yield();
        }

        return passed + bytes.Length;
    }

    private static void AcknowledgeAtOnce(Socket socket)
    {
        if (OperatingSystem.IsLinux())
            socket.SetRawSocketOption(TcpLevel, TcpQuickAck, BitConverter.GetBytes(1));
    }
}
