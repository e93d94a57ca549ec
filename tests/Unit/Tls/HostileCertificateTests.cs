using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Protocol;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using PandoraSync.Transport;
using Xunit;

namespace PandoraSync.Tests.Tls;

/// <summary>Peers whose certificates are made to keep a processor busy.</summary>
public sealed class HostileCertificateTests : IDisposable
{
    private readonly HandMade _files = new();

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Review07_eight_clients_with_costly_certificates_do_not_hold_up_an_honest_one(string version)
    {
        const int Hostile = 8;
        Forged.HostileFiles(_files);
        _files.Authority("ca").Certificate("server", "ca", "subjectAltName=IP:127.0.0.1").Certificate("client", "ca");
        using var ours = new OurServer(o => o with { Tls = _files.Server("server", "ca"), Timeout = TimeSpan.FromSeconds(60) });
        var hostile = new List<OpenSsl>();
        try
        {
            for (var i = 0; i < Hostile; i++)
                hostile.Add(OpenSsl.Connect(ours.Port, $"{version} -cert {_files["evil.pem"]} -key {_files["evil.key"]} -cert_chain {_files["crowd.pem"]}"));
            await Eventually.BecomesTrue(() => ours.Server.Counters.TotalConnections > 0, "the first has come");
            var file = AgentData.Make(1, 2000);
            var options = ours.Client with { Tls = _files.Client("ca") with { Identity = _files.Identity("client") } };
            using (var honest = await Eventually.Ends(TentacleClient.ConnectAsync(options, CancellationToken.None), "the honest client is let in"))
                await Eventually.Ends(honest.SendAsync(file.Name, new MemoryStream(file.Content), file.Content.Length, sent: null, CancellationToken.None), "its file is taken");

            // Their handshakes may take four minutes: that all have been refused means that nothing goes on. Which of them the platform itself refuses is up to it.
            await Eventually.BecomesTrue(() => ours.Log.Count(e => e.Text.EndsWith("(step: TLS handshake).", StringComparison.Ordinal)) == Hostile, "all of them are refused");
            Assert.DoesNotContain(ours.Log, e => e.Text.Contains("stopped in the middle", StringComparison.Ordinal));
        }
        finally
        {
            foreach (var client in hostile)
                client.Dispose();
        }
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Review07_a_server_with_costly_certificates_does_not_hold_up_our_client(string version)
    {
        Forged.HostileFiles(_files);
        _files.Authority("ca");
        var (server, port) = await OpenSsl.ServeAsync($"{version} -cert {_files["evil.pem"]} -key {_files["evil.key"]} -cert_chain {_files["crowd.pem"]}");
        using var _ = server;
        var options = new TentacleClientOptions(new TentacleEndpoint("127.0.0.1", port)) { Tls = _files.Client("ca"), Timeout = TimeSpan.FromSeconds(60) };
        var error = await Assert.ThrowsAsync<TentacleException>(() => Eventually.Ends(TentacleConnector.ConnectAsync(options, CancellationToken.None), "the server is refused"));
        Assert.Equal(TentacleErrorKind.Trust, error.Kind);
    }

    public void Dispose() => _files.Dispose();
}
