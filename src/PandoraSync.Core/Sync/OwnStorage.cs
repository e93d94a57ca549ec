using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Sync.Staging;
using PandoraSync.Transport;

namespace PandoraSync.Sync;

/// <summary>
/// Keeps a server of this machine from being drained into its own storage directory: each file would be back in the buffer as soon as it was
/// taken. Another server may be drained into a storage directory, as into any incoming directory.
/// </summary>
internal static class OwnStorage
{
    /// <summary>Refuses a site whose storage directory is, has in it or is in the incoming directory.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: it is.</exception>
    public static async Task RefuseAsync(SyncSite site, IncomingDirectory incoming, CancellationToken cancellationToken)
    {
        var port = site.Client.Endpoint.Port;
        var marks = incoming.Storages.Where(m => m.Endpoints.Any(e => e.Port == port)).ToArray();

        // Beyond a proxy the address is another's.
        if (marks.Length == 0 || site.Client.Proxy is not null)
            return;
        var addresses = await TentacleConnector.ResolveAsync(site.Client, cancellationToken).ConfigureAwait(false);
        if (marks.FirstOrDefault(m => m.Endpoints.Any(e => e.Port == port && addresses.Any(a => Answers(e.Address, a))) && m.IsInUse) is { } own)
            throw new TentacleException(TentacleErrorKind.Configuration, $"{site.Name} keeps its buffer in '{own.Directory}', so what is taken from there may not go to '{incoming.Path}': give a directory that has nothing to do with that buffer.") { Peer = site.Name, File = incoming.Path, Step = "open" };
    }

    private static bool Answers(IPAddress listening, IPAddress called)
    {
        var address = called.IsIPv4MappedToIPv6 ? called.MapToIPv4() : called;
        return IsOfThisMachine(address) && (listening.Equals(address) || listening.Equals(address.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any));
    }

    /// <summary>The system lets nobody use an address that it does not have.</summary>
    private static bool IsOfThisMachine(IPAddress address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(address, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
