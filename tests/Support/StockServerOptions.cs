using System;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace PandoraSync.TestSupport;

/// <summary>Options of <see cref="StockServer"/>, named after the stock server's letters, with its defaults (but listing and moving are allowed).</summary>
public sealed record StockServerOptions
{
    /// <summary><c>-a</c>: where it listens.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary><c>-I</c>: listing and moving are allowed.</summary>
    public bool Insecure { get; init; } = true;

    /// <summary><c>-o</c>: a file that exists is overwritten.</summary>
    public bool Overwrite { get; init; }

    /// <summary><c>-m</c>: largest file taken, in bytes.</summary>
    public long MaxFileBytes { get; init; } = 2_000_000;

    /// <summary><c>-c</c>: connections served at once.</summary>
    public int MaxConnections { get; init; } = 10;

    /// <summary><c>-t</c>: wait for one read or write.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary><c>-r</c>: the wait is repeated so often.</summary>
    public int Retries { get; init; } = 3;

    /// <summary><c>-x</c>: the password; null for none.</summary>
    public string? Password { get; init; }

    /// <summary><c>-i</c>: <c>pattern:folder;pattern:folder...</c>.</summary>
    public string Filters { get; init; } = string.Empty;

    /// <summary><c>-s</c>: an existing folder; null for a temporary one of the server's own.</summary>
    public string? Folder { get; init; }

    /// <summary><c>-e</c> and <c>-k</c>: the certificate with its key; null for no TLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Told the socket that is to listen: what its system's settings would do to it.</summary>
    public Action<Socket>? Prepare { get; init; }

    /// <summary><c>-z</c>: versions of TLS; the system's choice by default.</summary>
    public SslProtocols TlsVersions { get; init; }
}
