using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using PandoraSync.Protocol;

namespace PandoraSync.Server;

/// <summary>Opens the listening sockets of a server: all of them or none.</summary>
internal static class Listener
{
    public static IReadOnlyList<Socket> Open(TentacleServerOptions options, int backlog)
    {
        var listeners = new List<Socket>();
        try
        {
            var port = options.Port;
            foreach (var address in Resolve(options))
            {
                listeners.Add(Open(address, port, backlog));

                // With port 0 the first address chooses and the others follow, so that a client needs to know one number only.
                port = ((IPEndPoint)listeners[0].LocalEndPoint!).Port;
            }

            return listeners;
        }
        catch
        {
            foreach (var listener in listeners)
                listener.Dispose();
            throw;
        }
    }

    private static IEnumerable<IPAddress> Resolve(TentacleServerOptions options)
    {
        if (options.Addresses.Count == 0)
        {
            yield return IPAddress.Any;
            if (Socket.OSSupportsIPv6)
                yield return IPAddress.IPv6Any;
        }

        foreach (var text in options.Addresses)
        {
            if (IPAddress.TryParse(text, out var address))
                yield return address;
            else
                throw new TentacleException(TentacleErrorKind.Address, $"'{text}' is not an IP address to listen on: give an IPv4 or IPv6 address of this machine, or none for all.") { Step = "listen" };
        }
    }

    private static Socket Open(IPAddress address, int port, int backlog)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = false;
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(backlog);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            var endpoint = new TentacleEndpoint(address.ToString(), port).ToString();
            var why = e.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "another program listens there: stop it or choose another port",
                SocketError.AccessDenied => "this user may not use the port: choose one above 1023 or other rights",
                SocketError.AddressNotAvailable => "this machine has no such address: choose one of its own",
                _ => e.Message.TrimEnd('.'),
            };
            throw new TentacleException(TentacleErrorKind.Address, $"Cannot listen on {endpoint}: {why}.", e) { Peer = endpoint, Step = "listen" };
        }
    }
}
