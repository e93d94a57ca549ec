using System;
using System.Net;
using PandoraSync.Protocol;

namespace PandoraSync.Transport;

/// <summary>An HTTP proxy that connects to servers for us (CONNECT).</summary>
/// <param name="Endpoint">Where it listens.</param>
/// <param name="Credential">User and password for Basic authentication; null for none.</param>
public sealed record HttpProxyOptions(TentacleEndpoint Endpoint, NetworkCredential? Credential = null)
{
    private const int DefaultPort = 8080;
    private const int DefaultUrlPort = 80;
    private const string Scheme = "http://";

    /// <summary>Reads <c>host</c> (8080), <c>host:port</c>, <c>http://host</c> (80) or <c>http://host:port</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="credential">User and password; null for none.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: the text is none of these. One that may have a password is not shown.</exception>
    public static HttpProxyOptions Parse(string text, NetworkCredential? credential)
    {
        var address = text.Trim();
        if (address.IndexOf('@') >= 0)
            throw Wrong("The proxy is given with a user or a password: leave them out and give -ProxyCredential.");
        var isUrl = address.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);
        if (!isUrl && address.IndexOf("://", StringComparison.Ordinal) is var end and >= 0)
            throw Wrong($"A proxy of the kind '{TentacleText.Show(address.Substring(0, end))}' cannot be used: give an HTTP proxy as host:port or http://host:port.");
        try
        {
            return new HttpProxyOptions(isUrl ? TentacleEndpoint.Parse(address.Substring(Scheme.Length).TrimEnd('/'), DefaultUrlPort) : TentacleEndpoint.Parse(address, DefaultPort), credential);
        }
        catch (TentacleException e)
        {
            throw Wrong($"'{TentacleText.Show(text)}' is not the address of a proxy: give host:port or http://host:port.", e);
        }
    }

    /// <summary>The proxy without its secret.</summary>
    public override string ToString() => Credential is null ? $"proxy {Endpoint}" : $"proxy {Endpoint} as {Credential.UserName}";

    private static TentacleException Wrong(string message, Exception? inner = null) => new(TentacleErrorKind.Configuration, message, inner) { Step = "proxy" };
}
