using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;
using Xunit;

namespace PandoraSync.Tests.Tls;

/// <summary>The whole server under TLS, with stock programs, openssl and our own drain on the other side.</summary>
public sealed class TlsServerTests : IDisposable
{
    private const string ServerNames = "subjectAltName=DNS:localhost,IP:127.0.0.1\n";
    private readonly HandMade _made = new HandMade().Authority("authority").Certificate("site", "authority", ServerNames).Certificate("main", "authority");

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task A_file_is_sent_by_hand_through_openssl(string version)
    {
        using var ours = new OurServer(o => o with { Tls = _made.Server("site") });
        using var client = OpenSsl.Connect(ours.Port, $"{version} -quiet -CAfile {_made["authority.pem"]} -verify_return_error");
        client.Say("SEND <by.hand.data> SIZE 5\n");
        await client.Prints("SEND OK");
        client.Say("hello");
        await Eventually.BecomesTrue(() => ours.Buffer.Has("by.hand.data"), "the file is stored");
        client.Say("QUIT\n");
        await Eventually.BecomesTrue(() => client.HasEnded, "the session ends");
        Assert.Equal("hello"u8.ToArray(), ours.Buffer.Read("by.hand.data"));
    }

    [Fact]
    public async Task Debians_client_sends_over_tls_to_a_server_of_an_authority_that_it_knows()
    {
        Assert.SkipWhen(RealPrograms.TentacleClient.WhyMissing is not null, RealPrograms.TentacleClient.WhyMissing ?? string.Empty);
        using var ours = new OurServer(o => o with { Tls = _made.Server("site") });
        var file = AgentData.Make(1, 50_000);
        var path = _made.Folder.Write(file.Name, file.Content);
        var result = await RealPrograms.TentacleClient.RunAsync(
            ["-a", "localhost", "-p", ours.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), "-c", path],
            environment: new Dictionary<string, string>(StringComparer.Ordinal) { ["SSL_CERT_FILE"] = _made["authority.pem"] });
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal(file.Content, ours.Buffer.Read(file.Name));
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public async Task A_buffer_is_drained_over_mutual_tls(TlsVersion version)
    {
        var files = AgentData.MakeMany(100);
        using var ours = new OurServer(o => o with { Tls = _made.Server("site", "authority") });
        foreach (var file in files)
            ours.Put(file);
        using var target = new SyncTarget();
        var tls = _made.Client("authority") with { Identity = _made.Identity("main"), MinimumVersion = version };
        var result = await target.DrainAsync(new PandoraSync.Sync.SyncSite(ours.Client with { Tls = tls }));
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly(files);
        Assert.Empty(ours.Buffer.FileNames());
    }

    [Fact]
    public async Task Nothing_is_taken_by_a_client_without_a_certificate_or_from_a_server_that_is_not_trusted()
    {
        var file = AgentData.Make(1);
        using var ours = new OurServer(o => o with { Tls = _made.Server("site", "authority") });
        ours.Put(file);
        _made.Authority("stranger");
        using var target = new SyncTarget();
        var without = await target.DrainAsync(new PandoraSync.Sync.SyncSite(ours.Client with { Tls = _made.Client("authority"), RetryCount = 0 }));
        Assert.Contains("client certificate", without.Error!.Message, StringComparison.Ordinal);
        var untrusting = await target.DrainAsync(new PandoraSync.Sync.SyncSite(ours.Client with { Tls = _made.Client("stranger") with { Identity = _made.Identity("main") }, RetryCount = 0 }));
        Assert.Equal(TentacleErrorKind.Trust, untrusting.Error!.Kind);
        var plain = await target.DrainAsync(new PandoraSync.Sync.SyncSite(ours.Client with { RetryCount = 0 }));
        Assert.Contains("TLS", plain.Error!.Message, StringComparison.Ordinal);
        Assert.Empty(target.Incoming.FileNames());
        Assert.Equal(file.Content, ours.Buffer.Read(file.Name));
        Assert.Equal(0, ours.Server.Counters.FilesGiven);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_moved_file_is_deleted_at_a_goodbye_and_kept_when_the_line_is_cut_without_one(bool saysGoodbye)
    {
        using var ours = new OurServer(o => o with { Tls = _made.Server("site") });
        ours.Buffer.Write("a.1.data", "what is moved\n");
        using (var client = OpenSsl.Connect(ours.Port, string.Empty))
        {
            client.Say("MV <a.1.data>\n");
            await client.Prints("MV SIZE 14");
            client.Say("MV OK\n");
            await client.Prints("what is moved\n");
            if (saysGoodbye)
                client.EndInput();
            else
                client.Kill();
            await Eventually.BecomesTrue(() => client.HasEnded, "openssl ends");
        }

        await Eventually.BecomesTrue(() => ours.Server.Counters.Connections == 0, "the server has seen the end");
        Assert.True(saysGoodbye != ours.Buffer.Has("a.1.data"), string.Join('\n', ours.Log));
    }

    [Fact]
    public async Task Files_pass_both_ways_through_a_relay_with_tls_and_a_password_on_each_hop()
    {
        var tls = _made.Client("authority") with { Identity = _made.Identity("main") };
        using var last = new OurServer(o => o with { Tls = _made.Server("site", "authority"), Password = TentaclePassword.FromText("second"), MaxFileBytes = 10_000_000 });
        using var relay = new OurServer(o => o with
        {
            Tls = _made.Server("site", "authority"),
            Password = TentaclePassword.FromText("first"),
            Relay = last.Client with { Tls = tls, Password = TentaclePassword.FromText("second") },
        });
        var options = relay.Client with { Tls = tls, Password = TentaclePassword.FromText("first") };
        var file = AgentData.Make(1, 3_000_000);
        using (var client = await TentacleClient.ConnectAsync(options, CancellationToken.None))
        {
            await client.SendAsync(file.Name, new MemoryStream(file.Content), file.Content.Length, sent: null, CancellationToken.None);
            await client.QuitAsync(CancellationToken.None);
        }

        Assert.Equal(file.Content, last.Buffer.Read(file.Name));
        using var target = new SyncTarget();
        Assert.True((await target.DrainAsync(new PandoraSync.Sync.SyncSite(options))).Succeeded);
        target.HasExactly([file]);
        Assert.Empty(last.Buffer.FileNames());
    }

    /// <summary>The relay passes on 1,024 bytes of a larger record, waits, and closes when the server behind it has given up after its 4 s.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(16_384)]
    public async Task A_send_through_a_stock_relay_with_tls_arrives_once_since_its_records_are_small(int? largerRecords)
    {
        using var stock = new StockServer();
        using var relay = new TlsRelay(stock.EndPoint, TestCertificates.Site.Certificate, stall: TimeSpan.FromSeconds(4));
        var file = AgentData.Make(1, 1_500_000);
        var options = new TentacleClientOptions(new TentacleEndpoint("127.0.0.1", relay.Port)) { Tls = TestCertificates.Client };
        using var client = await TentacleClient.ConnectAsync(largerRecords is { } bytes ? options with { MaxRecordBytes = bytes } : options, CancellationToken.None);
        var sending = client.SendAsync(file.Name, new MemoryStream(file.Content), file.Content.Length, sent: null, CancellationToken.None);
        if (largerRecords is null)
            await Eventually.Ends(sending, "the send");
        else
            await Assert.ThrowsAsync<TentacleException>(() => Eventually.Ends(sending, "the send"));
        Assert.Equal(largerRecords is null ? [file.Name] : [], stock.FileNames());
        Assert.Single(stock.Commands);
    }

    public void Dispose() => _made.Dispose();
}
