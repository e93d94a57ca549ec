using System;
using PandoraSync.Client;

namespace PandoraSync.Sync.Drain;

/// <summary>What a site's buffer has, and the connection over which it said so: draining goes on over it.</summary>
/// <param name="Client">The connection; closed with this.</param>
/// <param name="Names">All names.</param>
internal sealed record SiteListing(TentacleClient Client, NameTable Names) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Client.Dispose();
}
