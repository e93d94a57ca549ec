using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace PandoraSync.TestSupport;

/// <summary>
/// Stands between a client and a server on loopback and breaks what passes: cuts, stalls, delays, splits, joins, corrupts.
/// Its own sockets neither hold back nor delay acknowledgements, so that only what the plan says is added.
/// </summary>
public sealed class FaultProxy : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<FaultLine> _lines = [];
    private readonly Lock _gate = new();
    private readonly Task _accepting;
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _connections;

    /// <summary>Starts a proxy.</summary>
    /// <param name="target">The server behind it.</param>
    /// <param name="toServer">Gives the plan for the bytes to the server of connection 1, 2, ...; null for untouched.</param>
    /// <param name="toClient">Gives the plan for the bytes to the client of connection 1, 2, ...; null for untouched.</param>
    public FaultProxy(IPEndPoint target, Func<int, FaultPlan>? toServer = null, Func<int, FaultPlan>? toClient = null)
    {
        Target = target;
        ToServer = toServer ?? (static _ => new FaultPlan());
        ToClient = toClient ?? (static _ => new FaultPlan());
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>A proxy that adds half of a round trip in each direction.</summary>
    public static FaultProxy WithRoundTrip(IPEndPoint target, TimeSpan roundTrip)
    {
        var plan = new FaultPlan { Delay = roundTrip / 2 };
        return new FaultProxy(target, _ => plan, _ => plan);
    }

    /// <summary>The server behind it, for connections from now on.</summary>
    public IPEndPoint Target { get; set; }

    /// <summary>The plan for the bytes to the server, by the connection's number; asked when it is made.</summary>
    public Func<int, FaultPlan> ToServer { get; set; }

    /// <summary>The plan for the bytes to the client, by the connection's number; asked when it is made.</summary>
    public Func<int, FaultPlan> ToClient { get; set; }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port => EndPoint.Port;

    /// <summary>Connections accepted so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    internal Task Released => _released.Task;

    /// <summary>Lets stalled bytes go on.</summary>
    public void Release() => _released.TrySetResult();

    /// <summary>Cuts all connections that are open now.</summary>
    /// <param name="reset">With RST instead of FIN.</param>
    public void CutAll(bool reset)
    {
        FaultLine[] lines;
        lock (_gate)
            lines = [.. _lines];
        foreach (var line in lines)
            line.Cut(reset);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        CutAll(reset: true);
        _released.TrySetCanceled();
        _accepting.Wait(TimeSpan.FromSeconds(10));
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                var client = await _listener.AcceptAsync(_stop.Token);
                _ = ServeAsync(client, Interlocked.Increment(ref _connections));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(Socket client, int number)
    {
        var target = Target;
        var server = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await server.ConnectAsync(target, _stop.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            client.Dispose();
            server.Dispose();
            return;
        }

        using var line = new FaultLine(this, client, server);
        lock (_gate)
            _lines.Add(line);
        await line.RunAsync(ToServer(number), ToClient(number), _stop.Token);
        lock (_gate)
            _lines.Remove(line);
    }
}
