using System;
using System.Globalization;
using System.Net;

namespace PandoraSync.Protocol;

/// <summary>A host and a port: where a Tentacle server listens.</summary>
public sealed record TentacleEndpoint
{
    /// <summary>Makes an endpoint.</summary>
    /// <param name="host">A name, an IPv4 or an IPv6 address (without brackets).</param>
    /// <param name="port">1 to 65535, or 0 to let the system choose one to listen on.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: no host, or the port is out of range.</exception>
    public TentacleEndpoint(string host, int port = TentacleLimits.DefaultPort)
    {
        if (string.IsNullOrWhiteSpace(host) || host.Length > 255 || host.IndexOfAny([' ', '/', '\t', '\n', '\r', ',', '[', ']']) >= 0)
            throw new TentacleException(TentacleErrorKind.Configuration, $"'{TentacleText.Show(host)}' is not a host name or address.");
        if (port is < 0 or > 65535)
            throw new TentacleException(TentacleErrorKind.Configuration, $"Port {port} of host '{host}' is not between 1 and 65535.");
        Host = host;
        Port = port;
    }

    /// <summary>The name or address, without brackets.</summary>
    public string Host { get; }

    /// <summary>The TCP port.</summary>
    public int Port { get; }

    /// <summary>
    /// <c>host:port</c> in the one way that all spellings share: <c>127.1</c>, <c>::ffff:127.0.0.1</c> and <c>127.0.0.1</c> are one address, and
    /// a name is the same in capitals or with a final dot. Nothing is looked up, so a name and its address stay two.
    /// </summary>
    internal string Canonical
    {
        get
        {
            var host = Host.TrimEnd('.');
            if (!IPAddress.TryParse(host, out var address))
                return Join(host.ToLowerInvariant(), Port);
            return Join((address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString(), Port);
        }
    }

    /// <summary>Reads <c>host</c>, <c>host:port</c>, <c>::1</c> or <c>[::1]:port</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="defaultPort">The port where the text has none.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: the text is none of these.</exception>
    public static TentacleEndpoint Parse(string text, int defaultPort = TentacleLimits.DefaultPort)
    {
        var trimmed = text.Trim();
        if (trimmed.StartsWith("[", StringComparison.Ordinal))
        {
            var close = trimmed.IndexOf(']');
            if (close < 0 || (close + 1 < trimmed.Length && trimmed[close + 1] != ':'))
                throw new TentacleException(TentacleErrorKind.Configuration, $"'{TentacleText.Show(text)}' is not an address: write [address]:port.");
            var port = close + 1 < trimmed.Length ? ParsePort(trimmed.Substring(close + 2), text) : defaultPort;
            return new TentacleEndpoint(trimmed.Substring(1, close - 1), port);
        }

        var colon = trimmed.IndexOf(':');
        var isPlainIPv6 = colon >= 0 && trimmed.IndexOf(':', colon + 1) >= 0 && IPAddress.TryParse(trimmed, out _);
        if (colon < 0 || isPlainIPv6)
            return new TentacleEndpoint(trimmed, defaultPort);
        return new TentacleEndpoint(trimmed.Substring(0, colon), ParsePort(trimmed.Substring(colon + 1), text));
    }

    /// <summary><c>host:port</c>, with brackets around an IPv6 address.</summary>
    public override string ToString() => Join(Host, Port);

    private static string Join(string host, int port) =>
        string.Format(CultureInfo.InvariantCulture, host.IndexOf(':') >= 0 ? "[{0}]:{1}" : "{0}:{1}", host, port);

    private static int ParsePort(string digits, string whole) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535
            ? port
            : throw new TentacleException(TentacleErrorKind.Configuration, $"'{TentacleText.Show(whole)}' has no valid port: it must be a number between 1 and 65535.");
}
