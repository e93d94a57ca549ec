using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Certificates.Trust;
using PandoraSync.Client;
using PandoraSync.Protocol;
using PandoraSync.TestSupport;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;
using Xunit;
using TentacleClient = PandoraSync.Client.TentacleClient;

namespace PandoraSync.Tests.Tls;

/// <summary>The table of refusals: each by a real peer, with its message, and no byte of Tentacle on the way to that peer.</summary>
public sealed class RefusalTests : IDisposable
{
    private const string Password = "mellon";
    private readonly HandMade _files = new();
    private readonly OneServer _server = new();

    public static TheoryData<string, string> Versions => new() { { "-tls1_2", "1.2" }, { "-tls1_3", "1.3" } };

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_client_refuses_a_server_that_fails_a_rule(string version, string name)
    {
        _ = name;
        _files.Authority("ca").Authority("other").Authority("self")
            .Certificate("good", "ca", "subjectAltName=IP:127.0.0.1")
            .Certificate("named", "ca", "subjectAltName=DNS:site-a.example,DNS:*.b.example,IP:10.142.50.10")
            .Certificate("client", "ca", "extendedKeyUsage=clientAuth")
            .Certificate("leaf", "good", "subjectAltName=IP:127.0.0.1")
            .Dated("old", "ca", "20200101000000Z", "20210101000000Z")
            .Dated("early", "ca", "20400101000000Z", "20410101000000Z");
        var revoked = RevocationList.FromFile(_files.RevocationList("ca", "-crldays 5", "good"));
        var plain = _files.Client("ca");
        var rows = new List<(string Certificate, TlsClientOptions Options, TrustRefusalReason Reason, string Sentence)>
        {
            ("self", plain, TrustRefusalReason.SelfSigned, $"its certificate is self-signed and not in '{_files["ca.pem"]}'"),
            ("good", _files.Client("other"), TrustRefusalReason.UnknownAuthority, $"its certificate was not issued by an authority of '{_files["other.pem"]}'"),
            ("named", plain, TrustRefusalReason.WrongName, "its certificate is not for '127.0.0.1' (presented: subject 'CN=named', issuer 'C=ES,O=Some Firm,CN=ca', names site-a.example, *.b.example, 10.142.50.10, valid "),
            ("client", plain with { HostNameCheck = HostNameCheck.Skip }, TrustRefusalReason.WrongRole, "its certificate is not meant for a server"),
            ("old", plain with { HostNameCheck = HostNameCheck.Skip }, TrustRefusalReason.Expired, "its certificate expired at 2021-01-01 00:00 UTC"),
            ("early", plain with { HostNameCheck = HostNameCheck.Skip }, TrustRefusalReason.NotYetValid, "its certificate is not valid before 2040-01-01 00:00 UTC"),
            ("good", new TlsClientOptions(PeerTrust.Create(authorities: null, CertificatePin.Parse(new string('a', 64)))), TrustRefusalReason.PinMismatch, $"neither its key nor its certificate has the fingerprint {new string('a', 64)}"),
            ("good", new TlsClientOptions(PeerTrust.Create(_files.Trust("ca"), pin: null, revoked)), TrustRefusalReason.Revoked, "'CN=good' was revoked at "),
        };
        foreach (var (certificate, options, reason, sentence) in rows)
        {
            var (server, port) = await OpenSsl.ServeAsync($"{version} -cert {_files[certificate + ".pem"]} -key {_files[certificate + ".key"]}");
            using var _ = server;
            var error = await RefusesAsync(port, options);
            Assert.Equal(TentacleErrorKind.Trust, error.Kind);
            Assert.Equal(reason, Assert.IsType<PeerNotTrustedException>(error.InnerException).Decision.Reason);
            Assert.StartsWith($"127.0.0.1:{port} is not trusted: ", error.Message, StringComparison.Ordinal);
            Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("PASS", server.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_server_refuses_a_client_that_fails_a_rule(string version, string name)
    {
        _ = name;
        _files.Authority("ca").Authority("other").Certificate("server", "ca").Certificate("stranger", "other").Certificate("good", "ca")
            .Certificate("role", "ca", "extendedKeyUsage=serverAuth").Dated("old", "ca", "20200101000000Z", "20210101000000Z");
        var revoked = RevocationList.FromFile(_files.RevocationList("ca", "-crldays 5", "good"));
        var options = _files.Server("server", "ca");
        var rows = new List<(string? Certificate, TlsServerOptions Options, TrustRefusalReason Reason, string Sentence)>
        {
            (null, options, TrustRefusalReason.NoCertificate, "it showed no certificate; give the client a certificate and key"),
            ("stranger", options, TrustRefusalReason.UnknownAuthority, "its certificate was not issued by an authority of"),
            ("role", options, TrustRefusalReason.WrongRole, "its certificate is not meant for a client"),
            ("old", options, TrustRefusalReason.Expired, "its certificate expired at 2021-01-01 00:00 UTC"),
            ("good", options with { ClientTrust = PeerTrust.Create(_files.Trust("ca"), pin: null, revoked) }, TrustRefusalReason.Revoked, "'CN=good' was revoked"),
        };
        foreach (var (certificate, with, reason, sentence) in rows)
        {
            var serving = _server.ConverseAsync(with);
            using var client = OpenSsl.Connect(_server.Port, version + (certificate is null ? string.Empty : $" -cert {_files[certificate + ".pem"]} -key {_files[certificate + ".key"]}"));
            client.Say("SEND <a.data> SIZE 1\n");
            var error = await Assert.ThrowsAsync<TentacleException>(() => serving);
            Assert.Equal(TentacleErrorKind.Trust, error.Kind);
            Assert.Equal(reason, Assert.IsType<PeerNotTrustedException>(error.InnerException).Decision.Reason);
            Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
            await Eventually.BecomesTrue(() => client.HasEnded, "the refused client ends");
            Assert.DoesNotContain("SEND OK", client.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_server_that_refuses_our_certificate_is_named_with_what_to_do(string version, string name)
    {
        _files.Authority("ca").Authority("other").Certificate("server", "ca", "subjectAltName=IP:127.0.0.1").Certificate("client", "other");
        var (server, port) = await OpenSsl.ServeAsync($"{version} -cert {_files["server.pem"]} -key {_files["server.key"]} -CAfile {_files["ca.pem"]} -Verify 2 -verify_return_error");
        using var _ = server;
        var error = await RefusesAsync(port, _files.Client("ca") with { Identity = _files.Identity("client") });
        Assert.Equal(TentacleErrorKind.Trust, error.Kind);
        Assert.Contains("refused the client certificate with subject 'CN=client' (TLS alert unknown_ca); if it is a stock server without -f", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("PASS", server.Output, StringComparison.Ordinal);

        var missing = await RefusesAsync(port, _files.Client("ca"));
        Assert.Equal(TentacleErrorKind.Trust, missing.Kind);
        Assert.Contains($"(TLS alert {(name is "1.3" ? "certificate_required" : "handshake_failure")}): it wants a client certificate", missing.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("PASS", server.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_client_that_refuses_our_server_is_named_with_what_to_do(string version, string name)
    {
        _ = name;
        _files.Authority("ca").Authority("other").Certificate("server", "ca");
        var serving = _server.ConverseAsync(_files.Server("server"));
        using var client = OpenSsl.Connect(_server.Port, $"{version} -CAfile {_files["other.pem"]} -verify_return_error");
        var error = await Assert.ThrowsAsync<TentacleException>(() => serving);
        Assert.Equal(TentacleErrorKind.Trust, error.Kind);
        Assert.Contains("refused this server's certificate with subject 'CN=server' (TLS alert unknown_ca); give the client the authority", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SEND OK", client.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PASS 0123456789abcdef0123456789abcdef\n", "speaks Tentacle without TLS (it began with 'PASS'); give the client its TLS options")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "does not speak TLS: it began with 'GET'; only Tentacle clients with TLS may connect here")]
    [InlineData("\0\0\0\u0001garbage", "does not speak TLS; only Tentacle clients")]
    public async Task A_client_that_speaks_something_else_is_told_apart_and_its_password_is_not_repeated(string said, string sentence)
    {
        _files.Authority("ca").Certificate("server", "ca");
        var serving = _server.AcceptAsync(_files.Server("server"));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _server.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(said), TestContext.Current.CancellationToken);
        var error = await Assert.ThrowsAsync<TentacleException>(() => serving);
        Assert.Equal(TentacleErrorKind.Protocol, error.Kind);
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("0123456789abcdef", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_stops_in_the_handshake_or_never_begins_is_dropped()
    {
        _files.Authority("ca").Certificate("server", "ca");
        foreach (var (said, sentence) in new[] { (Array.Empty<byte>(), "did not begin the TLS handshake within 0.3 s"), ([22, 3, 1, 2], "stopped in the middle of the TLS handshake for 0.3 s") })
        {
            var serving = _server.AcceptAsync(_files.Server("server"), TimeSpan.FromSeconds(0.3));
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, _server.Port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync(said, TestContext.Current.CancellationToken);
            var error = await Eventually.Ends(Assert.ThrowsAsync<TentacleException>(() => serving), "the server gives up");
            Assert.Equal(TentacleErrorKind.Timeout, error.Kind);
            Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
            Assert.Equal(0, await ReadToTheEndAsync(client));
        }
    }

    [Theory]
    [InlineData("220 mail.example ESMTP\r\n", false, TentacleErrorKind.Protocol, "does not speak TLS: it began with '220'; check the port, or connect without TLS")]
    [InlineData("", true, TentacleErrorKind.Disconnected, "closed the connection instead of answering the TLS handshake: it may not use TLS on this port")]
    [InlineData("", false, TentacleErrorKind.Timeout, "did not answer the TLS handshake within 0.3 s: it may not use TLS on this port")]
    [InlineData("\u0016\u0003\u0003\0", false, TentacleErrorKind.Timeout, "stopped in the middle of the TLS handshake for 0.3 s")]
    [InlineData("\u0016\u0003\u0003\0", true, TentacleErrorKind.Disconnected, "closed the connection in the middle of the TLS handshake")]
    public async Task A_server_that_is_plain_speaks_something_else_or_stops_is_told_apart(string says, bool closes, TentacleErrorKind kind, string sentence)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var heard = HearAsync(listener, says, closes);
        _files.Authority("ca");
        var error = await RefusesAsync(((IPEndPoint)listener.LocalEndpoint).Port, _files.Client("ca"), 0.3);
        Assert.Equal(kind, error.Kind);
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("PASS", await Eventually.Ends(heard, "the client closes"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_handshake_ends_at_once_and_closes_the_connection()
    {
        _files.Authority("ca").Certificate("server", "ca");
        using var stop = new CancellationTokenSource();
        var serving = _server.AcceptAsync(_files.Server("server"), cancellationToken: stop.Token);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _server.Port, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Eventually.Ends(Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving), "the handshake ends");
        Assert.Equal(0, await ReadToTheEndAsync(client));
    }

    [Fact]
    public async Task Versions_that_do_not_meet_are_explained_on_both_sides()
    {
        _files.Authority("ca").Certificate("server", "ca");
        var serving = _server.AcceptAsync(_files.Server("server") with { MinimumVersion = TlsVersion.Tls13 });
        using var client = OpenSsl.Connect(_server.Port, "-tls1_2");
        var error = await Assert.ThrowsAsync<TentacleException>(() => serving);
        Assert.Equal(TentacleErrorKind.Trust, error.Kind);
        Assert.Contains("check the minimum version and cipher suites of both sides", error.Message, StringComparison.Ordinal);

        var (server, port) = await OpenSsl.ServeAsync($"-tls1_2 -cert {_files["server.pem"]} -key {_files["server.key"]}");
        using var _ = server;
        var ours = await RefusesAsync(port, _files.Client("ca") with { MinimumVersion = TlsVersion.Tls13 });
        Assert.Equal(TentacleErrorKind.Trust, ours.Kind);
        Assert.Contains("could not agree on TLS (alert protocol_version)", ours.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_does_not_match_is_only_reported_once_where_the_authority_alone_decides()
    {
        _files.Authority("ca").Certificate("server", "ca", "subjectAltName=DNS:site-a.example");
        var warnings = new List<string>();
        var options = _files.Client("ca") with { HostNameCheck = HostNameCheck.Warn, Warn = warnings.Add };
        for (var i = 0; i < 2; i++)
        {
            var serving = _server.AcceptAsync(_files.Server("server"));
            using var client = await TlsPeerTests.ConnectAsync(_server.Port, options);
            using var server = await serving;
        }

        Assert.Contains("its certificate is not for '127.0.0.1'", Assert.Single(warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pin_of_the_key_or_of_the_certificate_is_enough_for_a_self_signed_server()
    {
        _files.Authority("self");
        var fingerprint = OpenSsl.Run($"x509 -in {_files["self.pem"]} -noout -fingerprint -sha256").Trim();
        OpenSsl.Run($"x509 -in {_files["self.pem"]} -noout -pubkey -out {_files["pub.pem"]}");
        OpenSsl.Run($"pkey -pubin -in {_files["pub.pem"]} -outform der -out {_files["pub.der"]}");
        var key = OpenSsl.Run($"dgst -sha256 -r {_files["pub.der"]}").Substring(0, 64);
        foreach (var pin in new[] { fingerprint, key })
        {
            var serving = _server.AcceptAsync(_files.Server("self"));
            using var client = await TlsPeerTests.ConnectAsync(_server.Port, new TlsClientOptions(PeerTrust.Create(authorities: null, CertificatePin.Parse(pin))));
            using var server = await serving;
            Assert.Contains(key, client.Peer.Presented, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Trust_in_nothing_must_be_chosen_on_purpose()
    {
        Assert.Contains("give an authority file or a fingerprint, or skip the certificate check on purpose", Assert.Throws<TentacleException>(() => PeerTrust.Create(authorities: null)).Message, StringComparison.Ordinal);
        _files.Authority("ca").Certificate("server", "ca");
        Assert.Throws<TentacleException>(() => _files.Server("server") with { ClientTrust = PeerTrust.AcceptAny() });
        Assert.Throws<TentacleException>(() => CertificatePin.Parse("0123"));
    }

    public void Dispose()
    {
        _server.Dispose();
        _files.Dispose();
    }

    /// <summary>Connects as the sync server does, with a password, which is the first thing that would leave.</summary>
    private static Task<TentacleException> RefusesAsync(int port, TlsClientOptions tls, double seconds = 20)
    {
        var options = new TentacleClientOptions(new TentacleEndpoint("127.0.0.1", port)) { Tls = tls, Password = TentaclePassword.FromText(Password), Timeout = TimeSpan.FromSeconds(seconds) };
        return Eventually.Ends(Assert.ThrowsAsync<TentacleException>(() => TentacleClient.ConnectAsync(options, TestContext.Current.CancellationToken)), "the client gives up");
    }

    private static async Task<string> HearAsync(TcpListener listener, string says, bool closes)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        var buffer = new byte[4096];
        var heard = Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer));
        await stream.WriteAsync(Encoding.Latin1.GetBytes(says));
        if (closes)
            return heard;
        try
        {
            for (int count; (count = await stream.ReadAsync(buffer)) > 0;)
                heard += Encoding.ASCII.GetString(buffer, 0, count);
        }
        catch (System.IO.IOException)
        {
            // The client has broken the connection, which is an end as well.
        }

        return heard;
    }

    private static async Task<int> ReadToTheEndAsync(TcpClient client)
    {
        try
        {
            return await Eventually.Ends(client.GetStream().ReadAsync(new byte[1], 0, 1), "the server closes");
        }
        catch (System.IO.IOException)
        {
            return 0;
        }
    }
}
