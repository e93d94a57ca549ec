using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Server.Access;
using PandoraSync.Server.Storage;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Server.Sessions;

/// <summary>One accepted connection, from TLS and password to its session's end.</summary>
internal sealed class ServerConnection
{
    private readonly Socket _socket;
    private readonly TentacleServerOptions _options;
    private readonly BufferStorage? _storage;
    private readonly ServerStatistics _statistics;
    private readonly ConnectionLog _lines;
    private readonly Action<TentacleLogLevel, string> _log;
    private readonly PasswordFailures _failures;
    private readonly string _peer;
    private volatile IServerSession? _session;
    private volatile bool _stopping;

    public ServerConnection(Socket socket, TentacleServerOptions options, BufferStorage? storage, ServerStatistics statistics, PasswordFailures failures, LogLimiter log)
    {
        _socket = socket;
        _options = options;
        _storage = storage;
        _statistics = statistics;
        _failures = failures;
        (Address, _peer) = Describe(socket);
        _lines = log.For(Address);
        _log = _lines.Write;
    }

    /// <summary>The client's address.</summary>
    public IPAddress Address { get; }

    /// <summary>Whether the client's address is one that is spoken with.</summary>
    public bool IsAllowed()
    {
        if (_options.Access.Allows(Address))
            return true;
        _statistics.Failed();
        _log(TentacleLogLevel.Error, $"{_peer} is not among the addresses that are spoken with: closed");
        return false;
    }

    /// <summary>Closes a connection that is not served.</summary>
    public void Refuse() => _socket.Dispose();

    /// <summary>Serves the client. Errors of the client or the line are logged, never thrown.</summary>
    /// <param name="place">Its place; once it is taken back the connection is broken.</param>
    /// <param name="stop">Ends waits that are not for the client.</param>
    /// <param name="hardStop">Breaks the connection.</param>
    public async Task RunAsync(ConnectionPlace place, CancellationToken stop, CancellationToken hardStop)
    {
        using var breaking = CancellationTokenSource.CreateLinkedTokenSource(hardStop, place.TakenBack);
        using var pausing = CancellationTokenSource.CreateLinkedTokenSource(stop, breaking.Token);
        _statistics.Connected();
        TentacleChannel? channel = null;
        try
        {
            channel = await OpenAsync(place.Credit, breaking.Token).ConfigureAwait(false);
            using var watch = channel.Watch(breaking.Token);
            if (_options.Password is { } password && !await new PasswordGate(password, _failures, _statistics, _log).PassAsync(channel, Address, pausing.Token).ConfigureAwait(false))
                return;
            _session = _options.Relay is { } next
                ? new RelaySession(channel, next, _options, breaking.Token)
                : new ServerSession(channel, _options, _storage!, ConnectionLimiter.KeyOf(Address), _statistics, _log);
            if (!_stopping)
                await _session.RunAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (place.IsTakenBack && e is TentacleException or OperationCanceledException)
        {
            _log(TentacleLogLevel.Info, $"{_peer} held a place without doing anything useful while others waited: closed");
        }
        catch (Exception e) when ((_stopping && e is TentacleException) || e is OperationCanceledException)
        {
            // The stop; what was under way is kept or thrown away whole.
        }
        catch (TentacleException e) when (e.Kind == TentacleErrorKind.Disconnected && channel is null && string.Equals(e.Step, TlsFailure.OnlyConnected, StringComparison.Ordinal))
        {
            // Somebody looked whether the port is open.
            _log(TentacleLogLevel.Info, e.Message);
        }
        catch (TentacleException e)
        {
            _statistics.Failed();
            _log(TentacleLogLevel.Error, e.Message);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            _statistics.Failed();
            _log(TentacleLogLevel.Info, $"{_peer} went away: {e.Message.TrimEnd('.')}");
        }
        catch (Exception e)
        {
            // One client must never end the server, whatever it found.
            _statistics.Failed();
            _log(TentacleLogLevel.Error, $"{_peer}: unexpected error, connection closed: {e}");
        }
        finally
        {
            channel?.Dispose();
            _socket.Dispose();
            _lines.Dispose();
            _statistics.Disconnected(channel?.BytesReceived ?? 0, channel?.BytesSent ?? 0);
        }
    }

    /// <summary>Ends the connection as soon as nothing is under way: at once before its session has begun.</summary>
    public void Stop()
    {
        _stopping = true;
        if (_session is { } session)
            session.Stop();
        else
            _socket.Dispose();
    }

    private async Task<TentacleChannel> OpenAsync(WorkCredit credit, CancellationToken breaking)
    {
        var stream = new QuickAckSocketStream(_socket, pollBeforeRead: TimeSpan.Zero);
        Stream secured = _options.Tls is { } tls
            ? await TlsHandshake.AuthenticateAsServerAsync(stream, tls, _peer, _options.IdleTimeout, breaking).ConfigureAwait(false)
            : stream;
        return new TentacleChannel(secured, stream, _peer, _options.IdleTimeout) { MinimumRate = _options.MinimumRate, Credit = credit, IsPeerAlone = () => _statistics.Connections == 1 };
    }

    private static (IPAddress Address, string Peer) Describe(Socket socket)
    {
        try
        {
            var remote = (IPEndPoint)socket.RemoteEndPoint!;
            var address = remote.Address.IsIPv4MappedToIPv6 ? remote.Address.MapToIPv4() : remote.Address;
            return (address, new TentacleEndpoint(address.ToString(), remote.Port).ToString());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidCastException)
        {
            return (IPAddress.None, "a client that is gone");
        }
    }
}
