using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Native;
using PandoraSync.Protocol;
using PandoraSync.Server.Access;
using PandoraSync.Server.Sessions;
using PandoraSync.Server.Storage;

namespace PandoraSync.Server;

/// <summary>A Tentacle server: keeps what agents send in its storage directory and gives it to whoever calls in.</summary>
internal sealed class TentacleServer : IDisposable
{
    // As many as systems allow at most: agents like to call all at the same second.
    private const int Backlog = 4096;
    private const int MostWaiting = 8192;
    private const int LeastWaiting = 64;
    private readonly ConcurrentDictionary<ServerConnection, Task> _connections = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _hardStop = new();
    private readonly ServerStatistics _statistics = new();
    private readonly PasswordFailures _failures;
    private readonly LogLimiter _log;
    private readonly ConnectionLimiter _places;
    private readonly int _mostWaiting;
    private readonly BufferStorage? _storage;
    private readonly IReadOnlyList<Socket> _listeners;
    private readonly Task[] _accepting;
    private int _stopped;
    private int _isFull;

    private TentacleServer(TentacleServerOptions options, LogLimiter log, BufferStorage? storage, IReadOnlyList<Socket> listeners)
    {
        Options = options;
        _log = log;
        _storage = storage;
        _listeners = listeners;
        _mostWaiting = WaitingRoom(options);
        _places = new ConnectionLimiter(options.MaxConnections, options.MaxConnectionsPerAddress, _mostWaiting, longestUseless: TimeSpan.FromTicks(2 * options.IdleTimeout.Ticks));
        var clock = Stopwatch.StartNew();
        _failures = new PasswordFailures(() => clock.Elapsed);
        Endpoints = listeners.Select(l => (IPEndPoint)l.LocalEndPoint!).Select(e => new TentacleEndpoint(e.Address.ToString(), e.Port)).ToArray();
        _accepting = listeners.Select(l => Task.Run(() => AcceptAsync(l))).ToArray();
    }

    /// <summary>How it behaves.</summary>
    public TentacleServerOptions Options { get; }

    /// <summary>Where it listens, with the ports that the system chose.</summary>
    public IReadOnlyList<TentacleEndpoint> Endpoints { get; }

    /// <summary>True until it is stopped.</summary>
    public bool IsRunning => _stopped == 0;

    /// <summary>What it has done so far.</summary>
    public ServerCounters Counters => _statistics.Read(_storage?.Dropped ?? 0);

    /// <summary>True while its buffer or disk is at a limit: what comes is refused, or replaces the oldest files.</summary>
    public bool IsFull => IsRunning && _storage?.WhyFull() is not null;

    /// <summary>Opens the storage directory, listens and serves.</summary>
    /// <param name="options">How it behaves.</param>
    /// <exception cref="TentacleException">The storage directory cannot be used, or an address cannot be listened on; nothing runs then.</exception>
    public static TentacleServer Start(TentacleServerOptions options)
    {
        var watch = Stopwatch.StartNew();
        var log = new LogLimiter((level, text) => Log(options, level, text), () => watch.Elapsed);

        // A relay passes everything on and stores nothing.
        var storage = options.Relay is null ? new BufferStorage(options, (level, text) => log.Write("the buffer", level, text)) : null;
        try
        {
            var listeners = Listener.Open(options, Backlog);
            storage?.Announce(listeners.Select(l => (IPEndPoint)l.LocalEndPoint!));
            return new TentacleServer(options, log, storage, listeners);
        }
        catch
        {
            storage?.Dispose();
            throw;
        }
    }

    /// <summary>Takes no more connections, lets transfers under way finish within <see cref="TentacleServerOptions.GracePeriod"/>, and ends.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
            return;
        _stop.Cancel();
        foreach (var listener in _listeners)
            listener.Dispose();
        await Task.WhenAll(_accepting).ConfigureAwait(false);
        _places.Close();
        foreach (var connection in _connections.Keys)
            connection.Stop();
        var ended = Task.WhenAll(_connections.Values);
        if (await Task.WhenAny(ended, Task.Delay(Options.GracePeriod)).ConfigureAwait(false) != ended)
        {
            Log(TentacleLogLevel.Error, "transfers were still under way at the end of the grace period: broken off");
            _hardStop.Cancel();
            await ended.ConfigureAwait(false);
        }

        _places.Dispose();
        _storage?.Dispose();
        _log.Flush();
        Log(Options, TentacleLogLevel.Info, "stopped");
    }

    /// <summary>Stops as <see cref="StopAsync"/> does, and waits for it.</summary>
    public void Dispose() => StopAsync().GetAwaiter().GetResult();

    private async Task AcceptAsync(Socket listener)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (await AcceptOneAsync(listener).ConfigureAwait(false) is { } socket)
                    Serve(socket);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Waits for a connection; null if there was an error that the next attempt may not meet.</summary>
    private async Task<Socket?> AcceptOneAsync(Socket listener)
    {
        try
        {
            return await listener.AcceptAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
        catch (SocketException e) when (!_stop.IsCancellationRequested)
        {
            // Most often too many open files; without a pause the same error would come at once, for ever.
            Log(TentacleLogLevel.Error, $"a connection could not be accepted: {e.Message.TrimEnd('.')}");
            await Task.Delay(100, _stop.Token).ConfigureAwait(false);
            return null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>How many may wait. Half of what the system lets this process open is for those who are served: each has a connection and a file.</summary>
    private static int WaitingRoom(TentacleServerOptions options)
    {
        if (FileSystemCalls.MostOpenFiles() is not { } most)
            return MostWaiting;
        if (options.MaxConnections > most / 2)
            Log(options, TentacleLogLevel.Error, $"{options.MaxConnections} connections need about {2L * options.MaxConnections} open files, and the system allows {most}: raise its limit (ulimit -n, LimitNOFILE) or serve fewer");
        return (int)Math.Max(LeastWaiting, Math.Min(MostWaiting, (most / 2) - (2L * options.MaxConnections)));
    }

    private void Serve(Socket socket)
    {
        var connection = new ServerConnection(socket, Options, _storage, _statistics, _failures, _log);
        var registered = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var place = connection.IsAllowed() ? _places.AcquireAsync(ConnectionLimiter.KeyOf(connection.Address)) : null;
        _connections[connection] = RunAsync(connection, place, registered.Task);
        registered.SetResult(true);
    }

    /// <summary>Serves a connection as soon as it has its place.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="place">The wait for a place; null if it gets none.</param>
    /// <param name="registered">Ends when the server knows of the connection.</param>
    private async Task RunAsync(ServerConnection connection, Task<ConnectionPlace?>? place, Task registered)
    {
        await registered.ConfigureAwait(false);
        if (place is not null && await place.ConfigureAwait(false) is { } mine)
        {
            Volatile.Write(ref _isFull, 0);
            await connection.RunAsync(mine, _stop.Token, _hardStop.Token).ConfigureAwait(false);
            _places.Release(mine);
        }
        else
        {
            if (place is not null && !_stop.IsCancellationRequested && Interlocked.Exchange(ref _isFull, 1) == 0)
                Log(TentacleLogLevel.Error, $"more than {_mostWaiting} connections wait to be served: further ones are closed");
            connection.Refuse();
        }

        _connections.TryRemove(connection, out _);
    }

    private void Log(TentacleLogLevel level, string text) => _log.Write("this server", level, text);

    private static void Log(TentacleServerOptions options, TentacleLogLevel level, string text) =>
        options.Log?.Invoke(new TentacleLogEntry(DateTime.UtcNow, level, text));
}
