using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Transport;

/// <summary>Opens connections to Tentacle servers.</summary>
public static class TentacleConnector
{
    private static readonly TimeSpan LingerForAnswers = TimeSpan.FromMilliseconds(0.2);

    /// <summary>Resolves the name and connects to the first of its addresses that answers.</summary>
    /// <param name="options">The server.</param>
    /// <param name="cancellationToken">Ends the attempt at once.</param>
    /// <exception cref="TentacleException">No such name, unreachable, or time-out.</exception>
    public static async Task<TentacleChannel> ConnectAsync(TentacleClientOptions options, CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(options.Endpoint, cancellationToken).ConfigureAwait(false);
        TentacleException? last = null;
        foreach (var address in addresses)
        {
            try
            {
                var socket = await ConnectSocketAsync(new IPEndPoint(address, options.Endpoint.Port), options, cancellationToken).ConfigureAwait(false);
                var stream = await SecureAsync(new PromptSocketStream(socket, LingerForAnswers), options, cancellationToken).ConfigureAwait(false);
                return new TentacleChannel(stream, socket, options.Endpoint.ToString(), options.Timeout);
            }
            catch (TentacleException e) when (e.CanRetry)
            {
                // A peer that is not trusted is not passed over for another address of the same name.
                last = e;
            }
        }

        throw last!;
    }

    /// <summary>Looks up a host.</summary>
    /// <param name="endpoint">The host.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>At least one address.</returns>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.NameNotFound"/>.</exception>
    public static async Task<IPAddress[]> ResolveAsync(TentacleEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(endpoint.Host, out var literal))
            return [literal];
        try
        {
            var lookup = Dns.GetHostAddressesAsync(endpoint.Host);
            var cancelled = new TaskCompletionSource<IPAddress[]>();
            using var registration = cancellationToken.Register(() => cancelled.TrySetCanceled(cancellationToken));
            var found = await (await Task.WhenAny(lookup, cancelled.Task).ConfigureAwait(false)).ConfigureAwait(false);
            var usable = found.Where(a => a.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6).ToArray();
            return usable.Length > 0 ? usable : throw new SocketException((int)SocketError.HostNotFound);
        }
        catch (SocketException e)
        {
            throw Error(TentacleErrorKind.NameNotFound, endpoint, "name", $"The host name '{endpoint.Host}' has no address: check its spelling and the name service.", e);
        }
    }

    private static async Task<Socket> ConnectSocketAsync(IPEndPoint address, TentacleClientOptions options, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using var guard = new StallGuard(socket.Dispose);
        using var watch = guard.Watch(cancellationToken);
        try
        {
            guard.Begin(options.Timeout);
            await socket.ConnectAsync(address.Address, address.Port).ConfigureAwait(false);
            guard.End();
            return socket;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            socket.Dispose();
            if (guard.Cancelled)
                throw new OperationCanceledException($"Connecting to {options.Endpoint} was cancelled.", e, cancellationToken);
            if (guard.TimedOut)
                throw Error(TentacleErrorKind.Timeout, options.Endpoint, "connect", $"{options.Endpoint} did not answer within {options.Timeout.TotalSeconds:0.###} s: check the address, the network and the firewall.", e);
            throw Error(TentacleErrorKind.Unreachable, options.Endpoint, "connect", $"{options.Endpoint} cannot be connected to ({Reason(e)}): check that a Tentacle server listens there.", e);
        }
    }

    private static async Task<Stream> SecureAsync(PromptSocketStream stream, TentacleClientOptions options, CancellationToken cancellationToken) => options.Tls is { } tls
        ? await TlsHandshake.AuthenticateAsClientAsync(stream, tls, options.Endpoint, options.Timeout, cancellationToken).ConfigureAwait(false)
        : stream;

    private static string Reason(Exception e) => e is SocketException socketError
        ? socketError.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => "connection refused",
            SocketError.HostUnreachable => "host unreachable",
            SocketError.NetworkUnreachable => "network unreachable",
            SocketError.TimedOut => "no answer",
            _ => socketError.Message.TrimEnd('.'),
        }
        : e.Message.TrimEnd('.');

    private static TentacleException Error(TentacleErrorKind kind, TentacleEndpoint endpoint, string step, string message, Exception inner) =>
        new(kind, message, inner) { Peer = endpoint.ToString(), Step = step };
}
