using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.TestSupport;

namespace PandoraSync.Bench;

/// <summary>The least that takes a file over TLS with the runtime's own stream: SEND, the content to a file without a flush, QUIT. It trusts its client and bounds nothing.</summary>
internal sealed class BareTlsServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly SslServerAuthenticationOptions _options;
    private readonly TempFolder _folder = new();
    private readonly Task _accepting;

    public BareTlsServer(X509Certificate2 certificate)
    {
        _options = new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true) };
        _listener.Start(512);
        _accepting = Task.Run(AcceptAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Path => _folder.Path;

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _accepting.Wait(TimeSpan.FromSeconds(10));
        _stop.Dispose();
        _folder.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                client.NoDelay = true;
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(_options, _stop.Token);
                while (await ReadLineAsync(tls) is { } line && line.StartsWith("SEND <", StringComparison.Ordinal))
                    await TakeAsync(tls, line);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client is gone; its files are counted by the contender.
        }
    }

    private async Task TakeAsync(SslStream tls, string line)
    {
        var end = line.LastIndexOf('>');
        var content = new byte[int.Parse(line.AsSpan(end + "> SIZE ".Length), NumberStyles.None, CultureInfo.InvariantCulture)];
        await tls.WriteAsync("SEND OK\n"u8.ToArray(), _stop.Token);
        await tls.ReadExactlyAsync(content, _stop.Token);
        await File.WriteAllBytesAsync(_folder[line["SEND <".Length..end]], content, _stop.Token);
        await tls.WriteAsync("SEND OK\n"u8.ToArray(), _stop.Token);
    }

    /// <summary>Byte by byte, which costs little: the stream has decrypted the whole record.</summary>
    private async Task<string?> ReadLineAsync(SslStream tls)
    {
        var line = new List<byte>();
        var next = new byte[1];
        while (await tls.ReadAsync(next, _stop.Token) > 0)
        {
            if (next[0] == '\n')
                return Encoding.ASCII.GetString([.. line]);
            line.Add(next[0]);
        }

        return null;
    }
}
