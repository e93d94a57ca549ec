using System;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;

namespace PandoraSync.Transport;

/// <summary>Asks an HTTP proxy for a connection to a server (RFC 9110, section 9.3.6).</summary>
internal static class HttpConnect
{
    // Far above what proxies send before the content; a bound against one that never ends.
    private const int MostHeadBytes = 16 * 1024;

    /// <summary>Asks and reads the answer; the stream then belongs to the server.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Proxy"/>: the proxy refused, or is none.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public static async Task OpenAsync(Stream stream, HttpProxyOptions proxy, TentacleEndpoint target, CancellationToken cancellationToken)
    {
        var request = new StringBuilder(FormattableString.Invariant($"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n"));
        if (proxy.Credential is { } credential)
            request.Append("Proxy-Authorization: Basic ").Append(Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.UserName}:{credential.Password}"))).Append("\r\n");
        var bytes = Encoding.ASCII.GetBytes(request.Append("\r\n").ToString());
        await stream.WriteAsync(bytes, 0, bytes.Length, cancellationToken).ConfigureAwait(false);
        var head = await ReadHeadAsync(stream, proxy, target, cancellationToken).ConfigureAwait(false);
        Check(head, proxy, target);
    }

    /// <summary>Reads to the empty line, a byte at a time: what follows belongs to the server and must not be read here.</summary>
    private static async Task<string> ReadHeadAsync(Stream stream, HttpProxyOptions proxy, TentacleEndpoint target, CancellationToken cancellationToken)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (head.Length < MostHeadBytes)
        {
            if (await stream.ReadAsync(one, 0, 1, cancellationToken).ConfigureAwait(false) == 0)
                throw Refused(proxy, target, "it closed the connection");
            head.Append((char)one[0]);
            if (one[0] == '\n' && EndsInEmptyLine(head))
                return head.ToString();
        }

        throw Refused(proxy, target, "its answer has no end; is it an HTTP proxy");
    }

    private static bool EndsInEmptyLine(StringBuilder head)
    {
        var before = head.Length - 2;
        if (before >= 0 && head[before] == '\r')
            before--;
        return before >= 0 && head[before] == '\n';
    }

    private static void Check(string head, HttpProxyOptions proxy, TentacleEndpoint target)
    {
        var line = head.Substring(0, head.IndexOf('\n')).TrimEnd('\r');
        var parts = line.Split([' '], 3);
        if (parts.Length < 2 || !parts[0].StartsWith("HTTP/", StringComparison.Ordinal) || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status))
            throw Refused(proxy, target, $"it answered '{TentacleText.Show(line)}'; is it an HTTP proxy");
        if (status is >= 200 and <= 299)
            return;

        if (status is 502 or 503 or 504)
            throw new TentacleException(TentacleErrorKind.Proxy, $"The proxy {proxy.Endpoint} cannot reach {target}: it answered '{TentacleText.Show(line)}'; check that a Tentacle server listens there and that the proxy may call it.") { Peer = target.ToString(), Step = "proxy" };

        // Some proxies say 401 to a wrong password, though 407 is the proxy's own.
        throw Refused(proxy, target, status is 407 or 401
            ? $"{(proxy.Credential is null ? "it wants a user and a password" : "it refuses the user or the password")} ({status})"
            : $"it answered '{TentacleText.Show(line)}'");
    }

    private static TentacleException Refused(HttpProxyOptions proxy, TentacleEndpoint target, string why) =>
        new(TentacleErrorKind.Proxy, $"The proxy {proxy.Endpoint} does not connect to {target}: {why}.") { Peer = target.ToString(), Step = "proxy" };
}
