using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Net;

namespace PandoraSync.TestSupport;

/// <summary>Stands before a server and counts its connections, and those of them whose TLS goes on with a session of before.</summary>
public sealed class TlsCounter : IDisposable
{
    private const int MostFlightBytes = 16 * 1024;
    private readonly ConcurrentDictionary<int, MemoryStream> _flights = new();
    private readonly FaultProxy _proxy;

    /// <summary>Starts one.</summary>
    /// <param name="server">The server behind it.</param>
    public TlsCounter(IPEndPoint server) => _proxy = new FaultProxy(server, toClient: number => new FaultPlan { Seen = bytes => Note(number, bytes) });

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port => _proxy.Port;

    /// <summary>Connections so far.</summary>
    public int Connections => _proxy.Connections;

    /// <summary>Of them, those that went on with a session of before, by TLS 1.3.</summary>
    public int Resumed => _flights.Values.Count(f =>
    {
        lock (f)
            return TlsFlight.IsResumed(f.ToArray());
    });

    /// <inheritdoc/>
    public void Dispose() => _proxy.Dispose();

    private void Note(int connection, byte[] bytes)
    {
        var flight = _flights.GetOrAdd(connection, static _ => new MemoryStream());
        lock (flight)
        {
            if (flight.Length < MostFlightBytes)
                flight.Write(bytes);
        }
    }
}
