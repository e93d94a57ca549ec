using System;
using System.Net;
using PandoraSync.Server;
using PandoraSync.TestSupport;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Bench;

/// <summary>A server of ours in this process with a folder of its own.</summary>
internal sealed class OurBuffer : IDisposable
{
    private readonly TempFolder _folder = new();

    public OurBuffer(AgentData[] files, TlsServerOptions? tls = null)
    {
        AgentFiles.Fill(_folder, files);
        Server = TentacleServer.Start(new TentacleServerOptions(_folder.Path) { Addresses = ["127.0.0.1"], Port = 0, AllowListing = true, MaxConnections = 100, Tls = tls });
    }

    public TentacleServer Server { get; }

    public string Path => _folder.Path;

    public IPEndPoint EndPoint => new(IPAddress.Loopback, Server.Endpoints[0].Port);

    public void Dispose()
    {
        Server.Dispose();
        _folder.Dispose();
    }
}
