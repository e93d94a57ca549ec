using System;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace PandoraSync.Transport.Tls;

/// <summary>
/// The name by which the platform keeps a client's TLS sessions. .NET over OpenSSL keeps none of a host that is an address, and sites mostly are addresses: each
/// round would begin with a whole handshake. So an address is given a name that nobody can have (RFC 6761), which also goes into the server name of the handshake;
/// our own check of the certificate goes by the address all the same. With the port in it, for a machine may have several servers.
/// </summary>
internal static class SessionName
{
    /// <summary>The name for a host.</summary>
    /// <param name="host">A name, which stays as it is, or an address.</param>
    /// <param name="port">The server's port.</param>
    public static string Of(string host, int port) => !RuntimeInformation.IsOSPlatform(OSPlatform.Windows) && IPAddress.TryParse(host, out var address)
        ? FormattableString.Invariant($"{Label(address)}-{port}.invalid")
        : host;

    private static string Label(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? address.ToString().Replace('.', '-')
        : BitConverter.ToString(address.GetAddressBytes()).Replace("-", string.Empty).ToLowerInvariant();
}
