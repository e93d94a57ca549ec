using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using PandoraSync.Server;
using PandoraSync.TestSupport;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Tests.Faults;

/// <summary>A buffer behind lines that break, kept by a server that may crash: ours or the stock double.</summary>
internal sealed class FaultyBuffer : IDisposable
{
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(0.5);
    private readonly TempFolder _folder = new();
    private readonly TempFolder _aside = new();
    private readonly bool _stock;
    private readonly TlsServerOptions? _tls;
    private readonly FaultProxy _proxy;
    private readonly TlsRelay? _relay;
    private IDisposable _server;

    public FaultyBuffer(bool stock, FaultyWay way, TlsServerOptions tls, FaultyLine[] lines)
    {
        _stock = stock;
        _tls = way == FaultyWay.Tls ? tls : null;
        (_server, var endpoint) = Start();
        _proxy = new FaultProxy(endpoint, n => lines[(n - 1) % lines.Length].ToServer, n => lines[(n - 1) % lines.Length].ToClient);
        _relay = way == FaultyWay.TlsRelay ? new TlsRelay(_proxy.EndPoint, tls.Identity.Certificate) : null;
    }

    /// <summary>The port of the lines.</summary>
    public int Port => _relay?.Port ?? _proxy.Port;

    /// <summary>Names of the files in the buffer.</summary>
    public string[] FileNames() => _folder.FileNames();

    /// <summary>Puts a whole file into the buffer.</summary>
    public void Put(string name, byte[] content) => File.Move(_aside.Write(name, content), _folder[name]);

    /// <summary>Lets the lines be good from now on.</summary>
    public void CalmDown() => _proxy.ToServer = _proxy.ToClient = static _ => new FaultPlan();

    /// <summary>Ends the server and all connections without a word, and starts it again on what it has left.</summary>
    public async Task CrashAsync()
    {
        _proxy.CutAll(reset: true);
        await Task.Run(_server.Dispose);
        (_server, var endpoint) = Start();
        _proxy.Target = endpoint;
    }

    public void Dispose()
    {
        _relay?.Dispose();
        _proxy.Dispose();
        _server.Dispose();
        _folder.Dispose();
        _aside.Dispose();
    }

    private (IDisposable Server, IPEndPoint EndPoint) Start()
    {
        if (_stock)
        {
            var stock = new StockServer(new StockServerOptions { Folder = _folder.Path, Timeout = IdleTimeout, Retries = 0, Certificate = _tls?.Identity.Certificate });
            return (stock, stock.EndPoint);
        }

        var ours = TentacleServer.Start(new TentacleServerOptions(_folder.Path)
        {
            Addresses = ["127.0.0.1"],
            Port = 0,
            AllowListing = true,
            Timeout = IdleTimeout,
            RetryCount = 0,
            GracePeriod = TimeSpan.Zero,
            Tls = _tls,
        });
        return (ours, new IPEndPoint(IPAddress.Loopback, ours.Endpoints[0].Port));
    }
}
