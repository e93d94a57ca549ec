using System;
using System.Collections.Generic;
using System.Linq;
using PandoraSync.Files;
using PandoraSync.Protocol;
using PandoraSync.Server.Access;
using PandoraSync.Server.Storage;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Server;

/// <summary>How a Tentacle server behaves; the letters are stock's options (protocol.md, section 8). Checked where it is made and not changed afterwards.</summary>
internal sealed record TentacleServerOptions
{
    private readonly int _port = TentacleLimits.DefaultPort;
    private readonly int _maxConnections = TentacleLimits.DefaultMaxConnections;
    private readonly long _maxFileBytes = TentacleLimits.DefaultMaxFileBytes;
    private readonly TimeSpan _timeout = TentacleLimits.DefaultTimeout;
    private readonly int _retryCount = TentacleLimits.DefaultRetries;
    private readonly int? _maxConnectionsPerAddress;
    private readonly int _minimumRate = TentacleLimits.DefaultMinimumRate;
    private readonly IReadOnlyList<string> _addresses = [];

    /// <summary>Makes options for a buffer.</summary>
    /// <param name="directory">The storage directory (<c>-s</c>); a full path to an existing folder.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: not a full path.</exception>
    public TentacleServerOptions(string directory)
    {
        if (!PathRules.IsFull(directory))
            throw Wrong($"The storage directory '{TentacleText.Show(directory)}' is not a full path: give an absolute one.");
        Directory = directory;
    }

    /// <summary>The storage directory (<c>-s</c>).</summary>
    public string Directory { get; }

    /// <summary>Local addresses to listen on (<c>-a</c>); none means all, IPv4 and IPv6.</summary>
    public IReadOnlyList<string> Addresses
    {
        get => _addresses;
        init => _addresses = value.Select(a => new TentacleEndpoint(a).Host).ToArray();
    }

    /// <summary>The port (<c>-p</c>), 1 to 65535; 0 lets the system choose one. 41121 by default.</summary>
    public int Port
    {
        get => _port;
        init => _port = Within(value, 0, 65535, "port");
    }

    /// <summary>Connections served at once (<c>-c</c>), 1 to 100,000; further ones wait for a free place. 10 by default.</summary>
    public int MaxConnections
    {
        get => _maxConnections;
        init => _maxConnections = Within(value, 1, 100_000, "number of connections");
    }

    /// <summary>
    /// Connections of one address served at once, 1 or more; by default a tenth of <see cref="MaxConnections"/> (one at least) is never for
    /// one address alone. An IPv6 /64 network counts as one address.
    /// </summary>
    public int MaxConnectionsPerAddress
    {
        get => _maxConnectionsPerAddress ?? Math.Max(1, MaxConnections - Math.Max(1, MaxConnections / 10));
        init => _maxConnectionsPerAddress = Within(value, 1, 100_000, "number of connections of one address");
    }

    /// <summary>Bytes a second that a client must at least give or take during a transfer, beyond <see cref="IdleTimeout"/>; 0 for no limit, 100 by default.</summary>
    public int MinimumRate
    {
        get => _minimumRate;
        init => _minimumRate = Within(value, 0, int.MaxValue, "least rate");
    }

    /// <summary>How much is kept; only the disk's free space limits it by default.</summary>
    public BufferLimits Limits { get; init; } = new();

    /// <summary>Largest file taken from a client, in bytes (<c>-m</c>), 1 or more; 2,000,000 by default.</summary>
    public long MaxFileBytes
    {
        get => _maxFileBytes;
        init => _maxFileBytes = value > 0 ? value : throw Wrong($"A largest file size of {value} bytes is out of range: give 1 or more.");
    }

    /// <summary>Largest content that a compressed file may unpack to, in bytes: ten times <see cref="MaxFileBytes"/>.</summary>
    public long MaxUnpackedBytes => MaxFileBytes > long.MaxValue / 10 ? long.MaxValue : MaxFileBytes * 10;

    /// <summary>Lets clients list and move files (<c>-I</c>), which a buffer must; off by default.</summary>
    public bool AllowListing { get; init; }

    /// <summary>Lets a file replace one of the same name (<c>-o</c>); off by default.</summary>
    public bool Overwrite { get; init; }

    /// <summary>The password that clients must give (<c>-x</c>); null for none.</summary>
    public TentaclePassword? Password { get; init; }

    /// <summary>Which addresses are spoken with; everybody by default.</summary>
    public AccessList Access { get; init; } = AccessList.AllowAll;

    /// <summary>How TLS is used (<c>-e -k -f</c>); null for plain connections.</summary>
    public TlsServerOptions? Tls { get; init; }

    /// <summary>The server that every conversation is passed on to (<c>-b -g</c>), with the TLS and password of that hop; null to serve the storage directory.</summary>
    public TentacleClientOptions? Relay { get; init; }

    /// <summary>Which names go to which folders (<c>-i</c>).</summary>
    public FolderFilters Filters { get; init; } = FolderFilters.None;

    /// <summary>Wait for one read or write (<c>-t</c>), 0.1 s to 1 hour; it is repeated <see cref="RetryCount"/> times. 1 s by default.</summary>
    public TimeSpan Timeout
    {
        get => _timeout;
        init => _timeout = value >= TimeSpan.FromSeconds(0.1) && value <= TimeSpan.FromHours(1) ? value : throw Wrong($"A time-out of {value.TotalSeconds:0.###} s is out of range: give 0.1 to 3600 seconds.");
    }

    /// <summary>How often such a wait is repeated (<c>-r</c>), 0 to 100. 3 by default.</summary>
    public int RetryCount
    {
        get => _retryCount;
        init => _retryCount = Within(value, 0, 100, "number of retries");
    }

    /// <summary>How long a connection may be silent before it is dropped.</summary>
    public TimeSpan IdleTimeout => TimeSpan.FromTicks(Timeout.Ticks * (RetryCount + 1));

    /// <summary>How long a graceful stop waits for transfers under way; 10 s by default.</summary>
    public TimeSpan GracePeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Told what happens, from any thread; null for silence.</summary>
    public Action<TentacleLogEntry>? Log { get; init; }

    private static int Within(int value, int least, int most, string what) => value >= least && value <= most
        ? value
        : throw Wrong($"A {what} of {value} is out of range: give {least} to {most}.");

    private static TentacleException Wrong(string message) => new(TentacleErrorKind.Configuration, message);
}
