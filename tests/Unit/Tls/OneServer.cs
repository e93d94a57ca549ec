using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Tests.Tls;

/// <summary>A listener on loopback that takes connections one by one and puts them under TLS as our server does.</summary>
internal sealed class OneServer : IDisposable
{
    public const string Greeting = "SEND OK\n";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public OneServer() => _listener.Start();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async Task<TlsStream> AcceptAsync(TlsServerOptions options, TimeSpan? patience = null, CancellationToken cancellationToken = default)
    {
        var socket = await Eventually.Ends(_listener.AcceptSocketAsync(CancellationToken.None).AsTask(), "a client connects");
        return await TlsHandshake.AuthenticateAsServerAsync(new QuickAckSocketStream(socket, TimeSpan.Zero), options, "the client", patience ?? TimeSpan.FromSeconds(20), cancellationToken);
    }

    /// <summary>Takes a connection, reads one line and greets.</summary>
    public async Task<(TlsStream Stream, string Line)> ConverseAsync(TlsServerOptions options)
    {
        var stream = await AcceptAsync(options);
        var line = await ReadLineAsync(stream);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Greeting));
        return (stream, line);
    }

    public static async Task<string> ReadLineAsync(Stream stream)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await Eventually.Ends(stream.ReadAsync(one, 0, 1), "a line comes") > 0 && one[0] != '\n')
            line.Append((char)one[0]);
        return line.ToString();
    }

    public void Dispose() => _listener.Dispose();
}
