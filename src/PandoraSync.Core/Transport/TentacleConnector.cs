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
internal static class TentacleConnector
{
    private static readonly TimeSpan LongestLookUp = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollForAnswers = TimeSpan.FromMilliseconds(0.2);

    /// <summary>Resolves the name and connects to the first of its addresses that answers.</summary>
    /// <param name="options">The server.</param>
    /// <param name="cancellationToken">Ends the attempt at once.</param>
    /// <exception cref="TentacleException">No such name, unreachable, or time-out.</exception>
    public static async Task<TentacleChannel> ConnectAsync(TentacleClientOptions options, CancellationToken cancellationToken)
    {
        var first = options.Proxy?.Endpoint ?? options.Endpoint;
        var addresses = await ResolveAsync(options, cancellationToken).ConfigureAwait(false);
        TentacleException? last = null;
        foreach (var address in addresses)
        {
            try
            {
                var socket = await ConnectSocketAsync(new IPEndPoint(address, first.Port), options, cancellationToken).ConfigureAwait(false);
                return await OpenAsync(socket, options, cancellationToken).ConfigureAwait(false);
            }
            catch (TentacleException e) when (e.CanRetry)
            {
                // A peer that is not trusted is not passed over for another address of the same name.
                last = e;
            }
        }

        throw last!;
    }

    /// <summary>Looks up the host that is called: the server's, or its proxy's.</summary>
    /// <param name="options">The server.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <returns>At least one address.</returns>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.NameNotFound"/>.</exception>
    public static async Task<IPAddress[]> ResolveAsync(TentacleClientOptions options, CancellationToken cancellationToken)
    {
        var endpoint = options.Proxy?.Endpoint ?? options.Endpoint;
        if (IPAddress.TryParse(endpoint.Host, out var literal))
            return [literal];
        try
        {
            var lookup = Dns.GetHostAddressesAsync(endpoint.Host);
            var cancelled = new TaskCompletionSource<IPAddress[]>();
            using var registration = cancellationToken.Register(() => cancelled.TrySetCanceled(cancellationToken));
            using var limit = new CancellationTokenSource(LongestLookUp);
            using var tooLong = limit.Token.Register(() => cancelled.TrySetException(new SocketException((int)SocketError.TryAgain)));
            var found = await (await Task.WhenAny(lookup, cancelled.Task).ConfigureAwait(false)).ConfigureAwait(false);
            var usable = found.Where(a => a.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6).ToArray();
            return usable.Length > 0 ? usable : throw new SocketException((int)SocketError.HostNotFound);
        }
        catch (SocketException e)
        {
            throw Error(TentacleErrorKind.NameNotFound, options.Endpoint, "name", options.Proxy is null
                ? $"The host name '{endpoint.Host}' has no address: check its spelling and the name service."
                : $"The proxy '{endpoint.Host}' for {options.Endpoint} has no address: check the spelling of the proxy's name and the name service.", e);
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
            return guard.TryRelease() ? socket : throw new ObjectDisposedException(nameof(Socket));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            socket.Dispose();
            if (guard.Cancelled)
                throw new OperationCanceledException($"Connecting to {options.Endpoint} was cancelled.", e, cancellationToken);
            throw guard.TimedOut
                ? NoConnection(TentacleErrorKind.Timeout, options, $"did not answer within {options.Timeout.TotalSeconds:0.###} s", "check the address, the network and the firewall.", e)
                : NoConnection(TentacleErrorKind.Unreachable, options, $"cannot be connected to ({Reason(e)})", "check that a Tentacle server listens there.", e);
        }
    }

    /// <summary>Says which of the two could not be connected to, the server or its proxy.</summary>
    private static TentacleException NoConnection(TentacleErrorKind kind, TentacleClientOptions options, string what, string action, Exception inner) => options.Proxy is { } proxy
        ? Error(TentacleErrorKind.Proxy, options.Endpoint, "proxy", $"The proxy {proxy.Endpoint} for {options.Endpoint} {what}: check the proxy's address and that it listens there.", inner)
        : Error(kind, options.Endpoint, "connect", $"{options.Endpoint} {what}: {action}", inner);

    /// <summary>Makes a channel of a connected socket, which is closed if that fails, in whatever way.</summary>
    private static async Task<TentacleChannel> OpenAsync(Socket socket, TentacleClientOptions options, CancellationToken cancellationToken)
    {
        try
        {
            var line = new QuickAckSocketStream(socket, PollForAnswers);
            var stream = await SecureAsync(line, options, cancellationToken).ConfigureAwait(false);
            return new TentacleChannel(stream, line, options.Endpoint.ToString(), options.Timeout)
            {
                MinimumRate = options.MinimumRate,
                PeerCertificateEnd = (stream as TlsStream)?.PeerCertificateEnd,
                MaxRecordBytes = options.Tls is null ? null : options.MaxRecordBytes,
            };
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Goes through the proxy and under TLS, where the options say so.</summary>
    private static async Task<Stream> SecureAsync(QuickAckSocketStream stream, TentacleClientOptions options, CancellationToken cancellationToken)
    {
        if (options.Proxy is { } proxy)
            await PassProxyAsync(stream, proxy, options, cancellationToken).ConfigureAwait(false);
        return options.Tls is { } tls
            ? await TlsHandshake.AuthenticateAsClientAsync(stream, tls, options.Endpoint, options.Timeout, cancellationToken).ConfigureAwait(false)
            : stream;
    }

    private static async Task PassProxyAsync(QuickAckSocketStream stream, HttpProxyOptions proxy, TentacleClientOptions options, CancellationToken cancellationToken)
    {
        using var guard = new StallGuard(stream.Dispose);
        using var watch = guard.Watch(cancellationToken);
        try
        {
            guard.Begin(options.Timeout);
            await HttpConnect.OpenAsync(stream, proxy, options.Endpoint, cancellationToken).ConfigureAwait(false);
            if (!guard.TryRelease())
                throw new ObjectDisposedException(nameof(Socket));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException or OperationCanceledException || guard.TimedOut || guard.Cancelled)
        {
            // A socket that is closed under a read may also give that read an end, as if the proxy had closed.
            stream.Dispose();
            if (guard.Cancelled)
                throw new OperationCanceledException($"Connecting to {options.Endpoint} was cancelled.", e, cancellationToken);
            throw Error(TentacleErrorKind.Proxy, options.Endpoint, "proxy", guard.TimedOut
                ? $"The proxy {proxy.Endpoint} did not connect to {options.Endpoint} within {options.Timeout.TotalSeconds:0.###} s."
                : $"The proxy {proxy.Endpoint} broke the connection to {options.Endpoint}: {Reason(e)}.", e);
        }
    }

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
