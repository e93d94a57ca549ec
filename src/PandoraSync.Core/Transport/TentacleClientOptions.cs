using System;
using PandoraSync.Protocol;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Transport;

/// <summary>How to reach one Tentacle server. Checked where it is made and not changed afterwards.</summary>
public sealed record TentacleClientOptions
{
    private readonly TimeSpan _timeout = TimeSpan.FromSeconds(10);
    private readonly int _retryCount = 3;
    private readonly int _minimumRate = TentacleLimits.DefaultMinimumRate;

    /// <summary>Makes options for a server.</summary>
    /// <param name="endpoint">Where it listens.</param>
    public TentacleClientOptions(TentacleEndpoint endpoint) => Endpoint = endpoint;

    /// <summary>Where the server listens.</summary>
    public TentacleEndpoint Endpoint { get; }

    /// <summary>The server's password; null where it has none.</summary>
    public TentaclePassword? Password { get; init; }

    /// <summary>How TLS is used; null for a plain connection. Use one object for all connections to a site, so that sessions are resumed.</summary>
    public TlsClientOptions? Tls { get; init; }

    /// <summary>The HTTP proxy to go through, which then looks up the server's name; null for none.</summary>
    public HttpProxyOptions? Proxy { get; init; }

    /// <summary>Most bytes in a TLS record that is sent; 1,024, since a stock relay stalls on larger ones (protocol.md, section 7). Another value is for comparisons.</summary>
    internal int MaxRecordBytes { get; init; } = TentacleLimits.StockReadBytes;

    /// <summary>How long to wait for a connection and for each read or write, from 0.1 s to 1 hour; 10 s by default (stock's <c>sync_timeout</c>).</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: out of range.</exception>
    public TimeSpan Timeout
    {
        get => _timeout;
        init => _timeout = value >= TimeSpan.FromSeconds(0.1) && value <= TimeSpan.FromHours(1)
            ? value
            : throw new TentacleException(TentacleErrorKind.Configuration, $"A time-out of {value.TotalSeconds:0.###} s is out of range: give 0.1 to 3600 seconds.");
    }

    /// <summary>Bytes a second that the server must at least give or take during a transfer, beyond one <see cref="Timeout"/>; 0 for no limit, 100 by default.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: out of range.</exception>
    public int MinimumRate
    {
        get => _minimumRate;
        init => _minimumRate = value >= 0
            ? value
            : throw new TentacleException(TentacleErrorKind.Configuration, $"A least rate of {value} bytes a second is out of range: give 0 or more.");
    }

    /// <summary>How often a step that is safe to repeat is tried again, 0 to 100; 3 by default (stock's <c>sync_retries</c>).</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: out of range.</exception>
    public int RetryCount
    {
        get => _retryCount;
        init => _retryCount = value is >= 0 and <= 100
            ? value
            : throw new TentacleException(TentacleErrorKind.Configuration, $"{value} retries are out of range: give 0 to 100.");
    }
}
