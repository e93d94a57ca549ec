using System;
using System.Text;
using System.Threading.Tasks;
using PandoraSync.Certificates.Issuing;
using PandoraSync.Protocol;
using PandoraSync.TestSupport;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;
using Xunit;

namespace PandoraSync.Tests.Tls;

/// <summary>Both ends against the openssl command, which is what stock programs are built on.</summary>
public sealed class TlsPeerTests : IDisposable
{
    private readonly HandMade _files = new();
    private readonly OneServer _server = new();

    [Theory]
    [InlineData("-tls1_2", TlsVersion.Tls12)]
    [InlineData("-tls1_3", TlsVersion.Tls13)]
    public async Task Openssl_speaks_with_our_server_and_trusts_it(string version, TlsVersion expected)
    {
        var authority = CertificateIssuer.CreateAuthority(new CertificateOrder("ca", CertificateRole.Authority));
        var paths = CertificateFiles.Write(CertificateIssuer.Issue(authority, new CertificateOrder("site", CertificateRole.Server, ["127.0.0.1"])), _files.Folder.Path, passphrase: null, overwrite: false);
        using var identity = TlsIdentity.FromFiles(paths.CertificatePath, paths.KeyPath);
        var serving = _server.ConverseAsync(new TlsServerOptions(identity));
        using var client = OpenSsl.Connect(_server.Port, $"{version} -CAfile {paths.CaPath} -verify_return_error -verify_ip 127.0.0.1 -quiet");
        client.Say("QUIT\n");
        var (stream, line) = await serving;
        using var _ = stream;
        Assert.Equal(("QUIT", expected), (line, stream.Version));
        await client.Prints("SEND OK");
        Assert.DoesNotContain("verify error", client.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task A_client_certificate_made_by_hand_passes_even_in_version_1(string version)
    {
        _files.Authority("ca").Certificate("server", "ca").Certificate("client", "ca", subject: "/C=JP/O=Any~Name/CN=my~agent");
        var serving = _server.ConverseAsync(_files.Server("server", "ca"));
        using var client = OpenSsl.Connect(_server.Port, $"{version} -cert {_files["client.pem"]} -key {_files["client.key"]} -quiet");
        client.Say("LS <>\n");
        var (stream, line) = await serving;
        using var _ = stream;
        Assert.Equal("LS <>", line);
        Assert.Contains("my agent", stream.Peer.Presented, StringComparison.Ordinal);
        await client.Prints("SEND OK");
    }

    [Theory]
    [InlineData("-tls1_2", TlsVersion.Tls12)]
    [InlineData("-tls1_3", TlsVersion.Tls13)]
    public async Task Our_client_speaks_mutual_tls_with_openssl(string version, TlsVersion expected)
    {
        _files.Authority("ca").Certificate("server", "ca", "subjectAltName=IP:127.0.0.1").Certificate("client", "ca");
        var (server, port) = await OpenSsl.ServeAsync($"{version} -cert {_files["server.pem"]} -key {_files["server.key"]} -CAfile {_files["ca.pem"]} -Verify 2 -verify_return_error");
        using var _ = server;
        using var stream = await ConnectAsync(port, _files.Client("ca") with { Identity = _files.Identity("client") });
        Assert.Equal(expected, stream.Version);
        await stream.WriteAsync(Encoding.ASCII.GetBytes("SEND <a.data> SIZE 1\n"));
        await server.Prints("SEND <a.data> SIZE 1");
        await server.Prints("CN = client");
        server.Say("SEND OK\n");
        Assert.Equal("SEND OK", await OneServer.ReadLineAsync(stream));
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task A_chain_file_is_sent_whole_by_server_and_client(string version)
    {
        _files.Authority("root").Certificate("middle", "root", "basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign").Certificate("leaf", "middle", "subjectAltName=IP:127.0.0.1");
        var chain = _files.Folder.Write("chain.pem", Encoding.ASCII.GetString(_files.Folder.Read("leaf.pem")) + Encoding.ASCII.GetString(_files.Folder.Read("middle.pem")));
        using var identity = TlsIdentity.FromFiles(chain, _files["leaf.key"]);
        Assert.Single(identity.Chain);
        var serving = _server.ConverseAsync(new TlsServerOptions(identity));
        using var client = OpenSsl.Connect(_server.Port, $"{version} -CAfile {_files["root.pem"]} -verify_return_error -quiet");
        client.Say("QUIT\n");
        var (stream, line) = await serving;
        Assert.Equal("QUIT", line);
        stream.Dispose();

        var (server, port) = await OpenSsl.ServeAsync($"{version} -cert {_files["leaf.pem"]} -key {_files["leaf.key"]} -cert_chain {_files["middle.pem"]} -CAfile {_files["root.pem"]} -Verify 3 -verify_return_error");
        using var _ = server;
        using var ours = await ConnectAsync(port, _files.Client("root") with { Identity = identity });
        await ours.WriteAsync(Encoding.ASCII.GetBytes("QUIT\n"));
        await server.Prints("QUIT");
    }

    [Theory]
    [InlineData("-tls1_2", false)]
    [InlineData("-tls1_3", false)]
    [InlineData("-tls1_2", true)]
    [InlineData("-tls1_3", true)]
    public async Task Our_server_resumes_sessions_and_still_checks_the_client(string version, bool isMutual)
    {
        _files.Authority("root").Certificate("ca", "root", "basicConstraints=critical,CA:TRUE").Certificate("server", "root").Certificate("client", "ca");
        var options = _files.Server("server", isMutual ? "root" : null);
        var mine = isMutual ? $"-cert {_files["client.pem"]} -key {_files["client.key"]} -cert_chain {_files["ca.pem"]}" : string.Empty;
        foreach (var (session, expected) in new[] { ("-sess_out", "New, "), ("-sess_in", "Reused, ") })
        {
            var serving = _server.ConverseAsync(options);
            using var client = OpenSsl.Connect(_server.Port, $"{version} {mine} {session} {_files["session"]}");
            client.Say("PASS x\n");
            var (stream, line) = await serving;
            Assert.Equal("PASS x", line);
            await client.Prints("SEND OK");
            await client.Prints(expected);
            client.EndInput();
            Assert.Equal(0, await Eventually.Ends(stream.ReadAsync(new byte[1], 0, 1), "the client closes"));
            stream.Dispose();
            await Eventually.BecomesTrue(() => client.HasEnded, "the client ends");
        }
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task An_orderly_end_is_told_from_a_connection_that_was_cut(string version)
    {
        _files.Authority("ca").Certificate("server", "ca");
        foreach (var isOrderly in new[] { true, false })
        {
            var serving = _server.ConverseAsync(_files.Server("server"));
            using var client = OpenSsl.Connect(_server.Port, version);
            client.Say("LS <>\n");
            using var stream = (await serving).Stream;
            await client.Prints("SEND OK");
            if (isOrderly)
                client.EndInput();
            else
                client.Kill();
            Assert.Equal(0, await Eventually.Ends(stream.ReadAsync(new byte[1], 0, 1), "the client closes"));
            Assert.Equal(isOrderly, stream.ReceivedCloseNotify);
        }
    }

    [Fact]
    public async Task Our_own_end_is_orderly_for_both_sides()
    {
        _files.Authority("ca").Certificate("server", "ca", "subjectAltName=IP:127.0.0.1");
        var accepting = _server.AcceptAsync(_files.Server("server"));
        using var client = await ConnectAsync(_server.Port, _files.Client("ca"));
        using var server = await accepting;
        client.Dispose();
        Assert.Equal(0, await Eventually.Ends(server.ReadAsync(new byte[1], 0, 1), "the client closes"));
        Assert.True(server.ReceivedCloseNotify);
    }

#if CORE_NET10
    [Fact]
    public async Task A_chosen_cipher_suite_is_the_one_that_is_spoken()
    {
        _files.Authority("ca").Certificate("server", "ca");
        var serving = _server.ConverseAsync(_files.Server("server") with { CipherSuites = ["ECDHE-RSA-AES128-GCM-SHA256"] });
        using var client = OpenSsl.Connect(_server.Port, "-tls1_2");
        client.Say("QUIT\n");
        using var stream = (await serving).Stream;
        await client.Prints("Cipher is ECDHE-RSA-AES128-GCM-SHA256");
        Assert.Contains("'HIGH' is not the name of a cipher suite", Assert.Throws<TentacleException>(() => _files.Server("server") with { CipherSuites = ["HIGH"] }).Message, StringComparison.Ordinal);
    }
#else
    [Fact]
    public void Choosing_cipher_suites_says_where_it_is_possible()
    {
        _files.Authority("ca").Certificate("server", "ca");
        Assert.Contains("only with PowerShell 7.6 or later on Linux", Assert.Throws<TentacleException>(() => _files.Server("server") with { CipherSuites = ["ECDHE-RSA-AES128-GCM-SHA256"] }).Message, StringComparison.Ordinal);
    }
#endif

    [Fact]
    public async Task A_session_of_Tentacle_runs_over_tls()
    {
        _files.Authority("ca").Certificate("server", "ca", "subjectAltName=DNS:localhost");
        var serving = _server.ConverseAsync(_files.Server("server"));
        var options = new TentacleClientOptions(new TentacleEndpoint("localhost", _server.Port)) { Tls = _files.Client("ca") };
        using var channel = await TentacleConnector.ConnectAsync(options, TestContext.Current.CancellationToken);
        channel.Queue(Encoding.ASCII.GetBytes("SEND <a> SIZE 1\n"));
        await channel.FlushAsync();
        Assert.Equal("SEND OK", Encoding.ASCII.GetString((await channel.ReadLineAsync())!));
        using var stream = (await serving).Stream;
    }

    public void Dispose()
    {
        _server.Dispose();
        _files.Dispose();
    }

    internal static async Task<TlsStream> ConnectAsync(int port, TlsClientOptions options, string host = "127.0.0.1", TimeSpan? patience = null)
    {
        var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        return await TlsHandshake.AuthenticateAsClientAsync(new QuickAckSocketStream(client.Client, TimeSpan.Zero), options, new TentacleEndpoint(host, port), patience ?? TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }
}
