using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Sync;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Sync;

/// <summary>As many connections as help, and no more than are allowed.</summary>
public sealed class ConnectionScalerTests
{
    [Fact]
    public async Task Over_a_long_line_a_stock_server_is_drained_over_all_connections_at_once()
    {
        var files = AgentData.MakeMany(64);
        using var server = new StockServer();
        foreach (var file in files)
            server.Put(file);
        using var line = FaultProxy.WithRoundTrip(server.EndPoint, TimeSpan.FromMilliseconds(20));
        using var target = new SyncTarget();
        var result = await DrainAsync(target, line.Port, connections: 6);
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly(files);
        Assert.Equal(6, server.MostConnections);
    }

    [Fact]
    public async Task A_few_files_are_not_worth_many_connections()
    {
        var files = AgentData.MakeMany(10);
        using var server = new StockServer();
        foreach (var file in files)
            server.Put(file);
        using var line = FaultProxy.WithRoundTrip(server.EndPoint, TimeSpan.FromMilliseconds(20));
        using var target = new SyncTarget();
        var result = await DrainAsync(target, line.Port, connections: 8);
        Assert.True(result.Succeeded, result.ToString());
        Assert.Equal(2, server.MostConnections);
    }

    [Fact]
    public async Task A_site_that_is_slow_by_itself_gets_more_connections()
    {
        var files = AgentData.MakeMany(900, AgentData.LeastBytes);
        using var server = new StockServer();
        foreach (var file in files)
            server.Put(file);

        // A server that thinks before each content, and does so for each client on its own.
        server.OnStep = static moment =>
        {
            if (moment.Point == StockPoint.Content)
                System.Threading.Thread.Sleep(20);
        };
        using var target = new SyncTarget();
        var result = await DrainAsync(target, server.Port, connections: 8);
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly(files);
        Assert.InRange(server.MostConnections, 5, 8);
    }

    /// <summary>Not ahead: commands that meet on a busy machine break a connection, and the server still has it when the next one comes.</summary>
    private static async Task<SiteResult> DrainAsync(SyncTarget target, int port, int connections) =>
        (await Eventually.Ends(SyncRunner.DrainAsync([SyncTarget.Site(port)], target.Options(connections: connections) with { AsksAhead = false }, completed: null, CancellationToken.None), "the drain", TimeSpan.FromSeconds(60))).Single();
}
