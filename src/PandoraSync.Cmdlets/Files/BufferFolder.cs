using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Protocol;

namespace PandoraSync.Cmdlets.Files;

/// <summary>Finds out whether a server keeps a folder, which the protocol does not tell.</summary>
internal static class BufferFolder
{
    /// <summary>A server without such a folder lists the buffer itself (protocol.md, section 2: LS), which is then what was asked for by another name.</summary>
    /// <param name="client">The server.</param>
    /// <param name="folder">The folder, as it was asked for.</param>
    /// <param name="listed">What the server lists for it.</param>
    /// <param name="cancellationToken">Ends the wait at once.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.NotFound"/>: it has none.</exception>
    public static async Task RequireAsync(TentacleClient client, string folder, IReadOnlyList<ListedName> listed, CancellationToken cancellationToken)
    {
        var buffer = await client.ListAsync(string.Empty, cancellationToken).ConfigureAwait(false);
        var names = new HashSet<string>(buffer.Select(l => l.Name), StringComparer.Ordinal);
        var peer = client.Options.Endpoint.ToString();

        // Files come and go between two listings, so not all need be the same.
        if (2 * listed.Count(l => names.Contains(l.Name)) > listed.Count)
            throw new TentacleException(TentacleErrorKind.NotFound, $"{peer} has no folder '{folder}': leave -Folder out to list the buffer itself, or start the server with a filter for it (-Filter, -i).") { Peer = peer, File = folder, Step = "LS" };
    }
}
