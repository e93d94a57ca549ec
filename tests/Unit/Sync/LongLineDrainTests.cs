using System;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using PandoraSync.Sync;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Sync;

/// <summary>Drains from a stock server over a long plain line, asked ahead with a gap before each command (protocol.md, section 10).</summary>
public sealed class LongLineDrainTests
{
    private static readonly TimeSpan HalfRoundTrip = TimeSpan.FromMilliseconds(10);
    private static readonly FaultPlan Long = new() { Delay = HalfRoundTrip };

    [Theory]
    [InlineData(1, false)]
    [InlineData(4, false)]
    [InlineData(2, true)]
    public async Task A_long_line_is_asked_ahead_and_says_with_which_gap(int connections, bool keepsFiles)
    {
        var files = AgentData.MakeMany(160);
        using var stock = With(files);
        using var line = new FaultProxy(stock.EndPoint, _ => Long, _ => Long);
        using var target = new SyncTarget();
        var result = await target.DrainAsync(line.Port, keepsFiles, connections);
        Assert.True(result.Succeeded, result + string.Join('\n', target.Story));
        target.HasExactly(files);
        Assert.Equal(keepsFiles ? 160 : 0, stock.FileNames().Length);

        // On a busy machine the server may read commands together again and again, whatever the gap.
        Assert.Matches(@"^(ahead with a gap of \d+(\.\d)? ms|one at a time)$", result.AskedBy);
        Assert.Contains(target.Story, l => l.Contains("asked ahead with a gap of", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_line_that_joins_every_command_is_asked_one_at_a_time_and_says_so()
    {
        var files = AgentData.MakeMany(40);
        using var stock = With(files);
        using var line = new FaultProxy(stock.EndPoint, _ => Long with { JoinFor = TimeSpan.FromMilliseconds(60) }, _ => Long);
        using var target = new SyncTarget();

        // The breaks that asking ahead costs are not charged to the site.
        var result = await target.DrainAsync(SyncTarget.Site(line.Port, retries: 0), connections: 2);
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly(files);
        Assert.Equal("one at a time", result.AskedBy);
        Assert.Contains(target.Story, l => l.Contains("asked for one file at a time from now on", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(41)]
    [InlineData(42)]
    [InlineData(43)]
    [InlineData(44)]
    public async Task A_line_that_joins_commands_puts_the_server_out_of_step_and_mixes_up_nothing(int joinAt)
    {
        // Lines 0 and 3 measure the line, 1 and 2 list. What stands behind a file of 13 bytes would pass for the answers to both.
        var files = AgentData.MakeMany(100).Select((f, n) => f with
        {
            Content = Encoding.ASCII.GetBytes((n is >= 18 and < 24 ? n % 3 : 0) switch { 0 => $"{n:0000000000000}", 1 => $"{n:00000}", _ => $"RECV SIZE 5\nhelloRECV SIZE 4\n{n:0000}" }),
        }).ToArray();
        using var stock = With(files);
        using var line = new FaultProxy(stock.EndPoint, n => n == 1 ? Long with { JoinLinesAt = joinAt } : Long, _ => Long);
        using var target = new SyncTarget();
        var result = await target.DrainAsync(line.Port, connections: 1);
        Assert.True(result.Succeeded, result + string.Join('\n', target.Story));
        Assert.True(stock.Commands.Any(c => c.Contains('\n', StringComparison.Ordinal)), string.Join('\n', target.Story));
        target.HasExactly(files);
        Assert.Empty(stock.FileNames());
    }

    private static StockServer With(AgentData[] files)
    {
        var server = new StockServer(new StockServerOptions { Timeout = TimeSpan.FromMilliseconds(500) });
        foreach (var file in files)
            server.Put(file);
        return server;
    }
}
