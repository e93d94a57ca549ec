using System;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Protocol;
using PandoraSync.TestSupport;
using PandoraSync.Transport;
using Xunit;

namespace PandoraSync.Tests.Client;

/// <summary>What all tests of the client share.</summary>
public abstract class ClientTest
{
    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected static TentacleClientOptions OptionsFor(int port, string? password = null, double timeoutSeconds = 20) =>
        new(new TentacleEndpoint(IPAddress.Loopback.ToString(), port))
        {
            Timeout = TimeSpan.FromSeconds(timeoutSeconds),
            Password = password is null ? null : TentaclePassword.FromText(password),
        };

    protected static Task<TentacleClient> Connect(StockServer server, string? password = null, double timeoutSeconds = 20) =>
        Eventually.Ends(TentacleClient.ConnectAsync(OptionsFor(server.Port, password, timeoutSeconds), Token), "connecting");

    /// <summary>Asserts a whole error: kind, peer, step and file, and a message that a person can use.</summary>
    protected static async Task<TentacleException> Fails(Func<Task> action, TentacleErrorKind kind, string step, string? peer, string? file = null)
    {
        var error = await Assert.ThrowsAsync<TentacleException>(() => Eventually.Ends(action(), "the failing call"));
        Assert.Equal((kind, step, peer, file), (error.Kind, error.Step, error.Peer, error.File));
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain("Exception", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error.Message, StringComparison.Ordinal);
        if (file is not null)
            Assert.Contains($"'{file}'", error.Message, StringComparison.Ordinal);
        if (peer is not null && kind != TentacleErrorKind.NameNotFound)
            Assert.Contains(peer, error.Message, StringComparison.Ordinal);
        return error;
    }

    protected static Task<TentacleException> Fails(Func<Task> action, TentacleErrorKind kind, string step, StockServer server, string? file = null) =>
        Fails(action, kind, step, $"127.0.0.1:{server.Port}", file);
}
