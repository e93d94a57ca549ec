using System;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;

namespace PandoraSync.TestSupport;

/// <summary>Ends the TLS of its clients and passes their bytes on without it, as a relay before a plain server does: the records' borders are lost.</summary>
public sealed class TlsRelay : IDisposable
{
    private const int StockReadBytes = 1024;
    private const int MostRecordBytes = 16 * 1024;
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _certificate;
    private readonly IPEndPoint _target;
    private readonly TimeSpan? _stall;
    private readonly Task _accepting;

    /// <summary>Starts a relay.</summary>
    /// <param name="target">The server behind it.</param>
    /// <param name="certificate">What it shows, with its key.</param>
    /// <param name="stall">As a stock relay it passes on 1,024 bytes of a larger record, then waits for so long and closes (protocol.md, section 7); null to pass on everything.</param>
    public TlsRelay(IPEndPoint target, X509Certificate2 certificate, TimeSpan? stall = null)
    {
        _stall = stall;
        _target = target;
        _certificate = certificate;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port => EndPoint.Port;

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _accepting.Wait(TimeSpan.FromSeconds(10));
        _stop.Dispose();
    }

    private static async Task PassAsync(Stream from, Stream to, Socket toSocket, CancellationToken stop)
    {
        await from.CopyToAsync(to, stop);
        toSocket.Shutdown(SocketShutdown.Send);
    }

    private async Task PassRecordsAsync(Stream from, Stream to, TimeSpan stall)
    {
        var record = new byte[MostRecordBytes];
        while (await from.ReadAsync(record, _stop.Token) is > 0 and var count)
        {
            await to.WriteAsync(record.AsMemory(0, Math.Min(count, StockReadBytes)), _stop.Token);
            if (count <= StockReadBytes)
                continue;
            await Task.Delay(stall, _stop.Token);
            return;
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
                _ = ServeAsync(await _listener.AcceptAsync(_stop.Token));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var stop = _stop.Token;
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            client.NoDelay = true;
            await using var tls = new SslStream(_stall is null ? new NetworkStream(client, ownsSocket: true) : new OneRecordStream(client));
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, stop);
            await server.ConnectAsync(_target, stop);
            await using var plain = new NetworkStream(server, ownsSocket: false);
            await await Task.WhenAny(_stall is { } stall ? PassRecordsAsync(tls, plain, stall) : PassAsync(tls, plain, server, stop), PassAsync(plain, tls, client, stop));
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException or ObjectDisposedException or OperationCanceledException)
        {
            // One side is gone: so is the other.
        }
        finally
        {
            client.Dispose();
        }
    }
}
