using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Protocol;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Client;

public sealed class TentaclePipelineTests : ClientTest
{
    [Fact]
    public async Task A_server_that_never_reads_what_it_is_asked_is_given_up()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var connecting = TentacleClient.ConnectAsync(OptionsFor(((IPEndPoint)listener.LocalEndpoint).Port, timeoutSeconds: 1), Token);
        using var server = await Eventually.Ends(listener.AcceptTcpClientAsync(), "accepting");
        await using var stream = server.GetStream();
        using var client = await Eventually.Ends(connecting, "connecting");
        var probing = client.ProbeAsync(Token);
        using var reader = new StreamReader(stream);
        await Eventually.Ends(reader.ReadLineAsync(), "the probe");
        await stream.WriteAsync("RECV ERR (file does not exist; fast lane 1)\n"u8.ToArray(), Token);
        await Eventually.Ends(probing, "the probe's answer");
        using var pipeline = client.BeginPipeline(Token);

        // More than the system keeps for two ends that do not read.
        for (var n = 0; n < 400_000; n++)
            pipeline.Receive($"0123456789abcdef0123456789abcdef.{n}.data");
        pipeline.Send();
        var error = await Assert.ThrowsAsync<TentacleException>(() => Eventually.Ends(pipeline.CompleteAsync(), "the writes"));
        Assert.Equal(TentacleErrorKind.Timeout, error.Kind);
        Assert.Contains("did not take what was sent within", error.Message, StringComparison.Ordinal);
    }
    [Fact]
    public async Task A_connection_over_tls_that_was_closed_before_it_is_asked_ahead_says_so()
    {
        // As where it is cancelled in the moment in which it is to be asked.
        using var server = new StockServer(new StockServerOptions { Certificate = TestCertificates.Site.Certificate });
        using var client = await Eventually.Ends(TentacleClient.ConnectAsync(OptionsFor(server.Port) with { Tls = TestCertificates.Client }, Token), "connecting");
        client.Dispose();
        using var pipeline = client.BeginPipeline(Token, static () => TimeSpan.Zero);
        pipeline.AskProof();
        pipeline.Send();
        var error = await Assert.ThrowsAsync<TentacleException>(() => Eventually.Ends(pipeline.ReadProofAsync(), "the proof"));
        Assert.Equal(TentacleErrorKind.Disconnected, error.Kind);
    }
}
