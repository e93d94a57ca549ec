using System;
using System.Linq;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Threading.Tasks;
using PandoraSync.TestSupport;

namespace PandoraSync.Bench;

/// <summary>Ports for programs that cannot be told to let the system choose one.</summary>
internal static class FreePort
{
    /// <summary>A port of 127.0.0.1 that nobody listens on.</summary>
    public static int Find()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Waits until somebody listens, without connecting: a program may serve its first connection only.</summary>
    public static Task WaitAsync(int port) => Eventually.BecomesTrue(
        () => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(e => e.Port == port),
        $"a program listens on port {port}",
        TimeSpan.FromSeconds(20));
}
