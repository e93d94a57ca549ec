using System;

namespace PandoraSync.Protocol;

/// <summary>Fixed numbers of the protocol and the bounds that this library sets on what a peer may say.</summary>
internal static class TentacleLimits
{
    /// <summary>The port registered for Tentacle.</summary>
    public const int DefaultPort = 41121;

    /// <summary>Longest line in bytes, LF included: a stock program never reads more at once (protocol.md, section 1).</summary>
    public const int MaxLineBytes = 1024;

    /// <summary>Most bytes that a stock program reads at once (protocol.md, sections 1 and 7).</summary>
    public const int StockReadBytes = 1024;

    /// <summary>Longest file name in bytes, as file systems have it (protocol.md, section 4).</summary>
    public const int MaxNameBytes = 255;

    /// <summary>Largest listing accepted from a server, in bytes: over a million names of usual length.</summary>
    public const long MaxListingBytes = 128L * 1024 * 1024;

    /// <summary>Most names accepted in one listing: names of a single byte would fill the memory long before <see cref="MaxListingBytes"/>.</summary>
    public const int MaxListedNames = 2_000_000;

    /// <summary>Largest file that a server takes by default, in bytes (stock's <c>max_size</c>).</summary>
    public const long DefaultMaxFileBytes = 2_000_000;

    /// <summary>Largest file that is taken from a server by default, in bytes: ten times what a server takes by default.</summary>
    public const long DefaultMaxTakenBytes = 10 * DefaultMaxFileBytes;

    /// <summary>Bytes of a disk that are left free by default: files that would need them are not taken.</summary>
    public const long DefaultMinFreeBytes = 16L * 1024 * 1024;

    /// <summary>Connections that a server serves at once by default (stock's <c>-c</c>).</summary>
    public const int DefaultMaxConnections = 10;

    /// <summary>Bytes a second that a peer must at least give or take during a transfer, beyond the wait that is always allowed.</summary>
    public const int DefaultMinimumRate = 100;

    /// <summary>Wait for one read or write by default (stock's <c>-t</c>); multiplied by retries + 1.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(1);

    /// <summary>How often such a wait is repeated by default (stock's <c>-r</c>).</summary>
    public const int DefaultRetries = 3;
}
