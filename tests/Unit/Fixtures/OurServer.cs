using System;
using System.Collections.Concurrent;
using System.IO;
using PandoraSync.Protocol;
using PandoraSync.Server;
using PandoraSync.TestSupport;
using PandoraSync.Transport;

namespace PandoraSync.Tests.Fixtures;

/// <summary>Our server on loopback with a buffer of its own.</summary>
internal sealed class OurServer : IDisposable
{
    private readonly TempFolder _buffer = new();

    public OurServer(Func<TentacleServerOptions, TentacleServerOptions>? change = null)
    {
        var options = new TentacleServerOptions(_buffer.Path)
        {
            Addresses = ["127.0.0.1"],
            Port = 0,
            AllowListing = true,
            MaxConnections = 100,
            Log = Log.Enqueue,
        };
        Server = TentacleServer.Start(change is null ? options : change(options));
    }

    public TentacleServer Server { get; }

    public ConcurrentQueue<TentacleLogEntry> Log { get; } = new();

    public TempFolder Buffer => _buffer;

    public int Port => Server.Endpoints[0].Port;

    public TentacleClientOptions Client => new(new TentacleEndpoint("127.0.0.1", Port)) { Timeout = TimeSpan.FromSeconds(10) };

    public void Put(AgentData file) => File.WriteAllBytes(_buffer[file.Name], file.Content);

    public void Dispose()
    {
        Server.Dispose();
        _buffer.Dispose();
    }
}
