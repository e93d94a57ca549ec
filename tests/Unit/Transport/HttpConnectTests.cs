using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Certificates.Trust;
using PandoraSync.Client;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;
using Xunit;

namespace PandoraSync.Tests.Transport;

public sealed class HttpConnectTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("right")]
    public async Task Files_pass_both_ways_through_a_real_proxy(string? password)
    {
        using var ours = new OurServer();
        using var proxy = await RealProxy.StartAsync(ours.Port, password is null ? null : "user right");
        var options = ours.Client with { Proxy = new HttpProxyOptions(proxy.Endpoint, password is null ? null : new NetworkCredential("user", password)) };
        var file = AgentData.Make(1, 200_000);
        using (var client = await TentacleClient.ConnectAsync(options, CancellationToken.None))
        {
            await client.SendAsync(file.Name, new MemoryStream(file.Content), file.Content.Length, sent: null, CancellationToken.None);
            await client.QuitAsync(CancellationToken.None);
        }

        using var target = new SyncTarget();
        Assert.True((await target.DrainAsync(new PandoraSync.Sync.SyncSite(options))).Succeeded);
        target.HasExactly([file]);
    }

    [Theory]
    [InlineData(null, "it wants a user and a password (407)")]
    [InlineData("wrong", "it refuses the user or the password (401)")]
    public async Task A_proxy_that_wants_another_password_is_named(string? password, string why)
    {
        using var ours = new OurServer();
        using var proxy = await RealProxy.StartAsync(ours.Port, "user right");
        var options = ours.Client with { Proxy = new HttpProxyOptions(proxy.Endpoint, password is null ? null : new NetworkCredential("user", password)) };
        var error = await Assert.ThrowsAsync<TentacleException>(() => TentacleClient.ConnectAsync(options, CancellationToken.None));
        Assert.Equal(TentacleErrorKind.Proxy, error.Kind);
        Assert.Equal($"The proxy {proxy.Endpoint} does not connect to 127.0.0.1:{ours.Port}: {why}.", error.Message);
        Assert.DoesNotContain("wrong", error.ToString().Replace(why, string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.0 403 Forbidden\r\n\r\n", "it answered 'HTTP/1.0 403 Forbidden'")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n", "it answered 'SSH-2.0-OpenSSH'; is it an HTTP proxy")]
    [InlineData("", "it closed the connection")]
    public async Task An_answer_that_is_no_consent_is_shown(string answer, string why)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var serving = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            _ = await client.GetStream().ReadAtLeastAsync(new byte[1000], 20, throwOnEndOfStream: false);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));
        });
        var options = new TentacleClientOptions(new TentacleEndpoint("site.example", 41121)) { Proxy = new HttpProxyOptions(new TentacleEndpoint("127.0.0.1", port)) };
        var error = await Assert.ThrowsAsync<TentacleException>(() => TentacleClient.ConnectAsync(options, CancellationToken.None));
        Assert.Equal($"The proxy 127.0.0.1:{port} does not connect to site.example:41121: {why}.", error.Message);
        await serving;
    }

    [Theory]
    [InlineData("HTTP/1.0 403 Forbidden\r\n\r\n", false)]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n", false)]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nno TLS\n", true)]
    public async Task Review12_a_connection_that_a_proxy_refuses_is_closed(string answer, bool withTls)
    {
        const int Attempts = 20;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var options = new TentacleClientOptions(new TentacleEndpoint("site.example", 41121))
        {
            Proxy = new HttpProxyOptions(new TentacleEndpoint("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port)),
            Tls = withTls ? new PandoraSync.Transport.Tls.TlsClientOptions(PandoraSync.Certificates.Trust.PeerTrust.AcceptAny()) : null,
        };
        for (var i = 0; i < Attempts; i++)
        {
            var failing = Assert.ThrowsAsync<TentacleException>(() => TentacleClient.ConnectAsync(options, CancellationToken.None));
            using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            _ = await client.GetStream().ReadAtLeastAsync(new byte[1000], 20, throwOnEndOfStream: false, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), TestContext.Current.CancellationToken);
            await failing;

            // The proxy leaves its side open: the end that it sees is that of the refused client.
            await Eventually.Ends(EndAsync(client.GetStream()), "the refused client closes");
        }
    }

    private static async Task EndAsync(NetworkStream stream)
    {
        try
        {
            while (await stream.ReadAsync(new byte[1000]) > 0)
            {
                // A first word of TLS.
            }
        }
        catch (IOException)
        {
            // Closed by a reset.
        }
    }

    [Fact]
    public async Task A_proxy_that_is_silent_ends_in_a_time_out()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var endpoint = new TentacleEndpoint("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
        var options = new TentacleClientOptions(new TentacleEndpoint("site.example")) { Proxy = new HttpProxyOptions(endpoint), Timeout = TimeSpan.FromSeconds(0.3) };
        var error = await Assert.ThrowsAsync<TentacleException>(() => TentacleClient.ConnectAsync(options, CancellationToken.None));
        Assert.Equal($"The proxy {endpoint} did not connect to site.example:41121 within 0.3 s.", error.Message);
    }

    /// <summary>Debian's tinyproxy, which may connect to one port only.</summary>
    private sealed class RealProxy : IDisposable
    {
        private readonly TempFolder _folder = new();
        private readonly Process _process;

        private RealProxy(int port, int allowedPort, string? user)
        {
            Endpoint = new TentacleEndpoint("127.0.0.1", port);
            var configuration = _folder.Write("tinyproxy.conf", string.Create(CultureInfo.InvariantCulture, $"Port {port}\nListen 127.0.0.1\nTimeout 60\nAllow 127.0.0.1\nConnectPort {allowedPort}\nLogLevel Error\n{(user is null ? string.Empty : $"BasicAuth {user}\n")}"));
            _process = Process.Start(new ProcessStartInfo(RealPrograms.TinyProxy.Path!, ["-d", "-c", configuration]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        }

        public TentacleEndpoint Endpoint { get; }

        public static async Task<RealProxy> StartAsync(int allowedPort, string? user)
        {
            Assert.SkipWhen(RealPrograms.TinyProxy.WhyMissing is not null, RealPrograms.TinyProxy.WhyMissing ?? string.Empty);

            // It cannot let the system choose its port, so a free one is looked for, again if another program was faster.
            while (true)
            {
                int port;
                using (var free = new TcpListener(IPAddress.Loopback, 0))
                {
                    free.Start();
                    port = ((IPEndPoint)free.LocalEndpoint).Port;
                }

                var proxy = new RealProxy(port, allowedPort, user);
                await Eventually.BecomesTrue(() => proxy._process.HasExited || Answers(port), "the proxy listens");
                if (!proxy._process.HasExited)
                    return proxy;
                proxy.Dispose();
            }
        }

        public void Dispose()
        {
            if (!_process.HasExited)
                _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
            _process.Dispose();
            _folder.Dispose();
        }

        private static bool Answers(int port)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect(IPAddress.Loopback, port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }
    }
}
