using System.Net;
using PandoraSync.Protocol;

namespace PandoraSync.Transport;

/// <summary>An HTTP proxy that connects to servers for us (CONNECT).</summary>
/// <param name="Endpoint">Where it listens.</param>
/// <param name="Credential">User and password for Basic authentication; null for none.</param>
public sealed record HttpProxyOptions(TentacleEndpoint Endpoint, NetworkCredential? Credential = null)
{
    /// <summary>The proxy without its secret.</summary>
    public override string ToString() => Credential is null ? $"proxy {Endpoint}" : $"proxy {Endpoint} as {Credential.UserName}";
}
