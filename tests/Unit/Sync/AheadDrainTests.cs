using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Sync;

/// <summary>Drains from a stock server over TLS, asked far ahead of its answers (protocol.md, section 10).</summary>
public sealed class AheadDrainTests : AheadDrainTest
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_stock_site_is_asked_ahead_over_tls_and_drained(int connections)
    {
        var files = AgentData.MakeMany(1200);
        using var stock = With(files);
        var ahead = 0;
        stock.OnStep = moment =>
        {
            if (moment is { Point: StockPoint.Command, BytesWaiting: > 0 })
                Interlocked.Increment(ref ahead);
        };
        using var target = new SyncTarget();
        var result = await target.DrainAsync(Site(stock.Port), connections: connections);
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly(files);
        Assert.Empty(stock.FileNames());
        Assert.True(ahead > 1200, $"Only {ahead} commands were followed by another when they were read.");
        Assert.Equal(connections, stock.ConnectionsServed);
        Assert.Equal("ahead over TLS", result.AskedBy);
    }

    [Fact]
    public async Task The_next_questions_are_on_their_way_before_a_sync_point_is_answered()
    {
        var files = AgentData.MakeMany(300);
        using var stock = With(files);
        var (hasGiven, isFollowed) = (false, (bool?)null);
        stock.OnStep = moment =>
        {
            if (moment.Point != StockPoint.Command)
                return;
            if (hasGiven && isFollowed is null && moment.Command.Contains(FileNameRules.ProbeName, StringComparison.Ordinal))
                isFollowed = SpinWait.SpinUntil(() => moment.BytesWaiting > 0, LongWait);
            hasGiven |= string.Equals(moment.Command, "RECV OK", StringComparison.Ordinal);
        };
        using var target = new SyncTarget();
        var result = await target.DrainAsync(Site(stock.Port), connections: 1);
        Assert.True(result.Succeeded, result.ToString());
        Assert.True(isFollowed);
    }

    [Fact]
    public async Task Copies_leave_everything_where_it_is()
    {
        var files = AgentData.MakeMany(300);
        using var stock = With(files);
        using var target = new SyncTarget();
        Assert.True((await target.DrainAsync(Site(stock.Port), keepsFiles: true, connections: 1)).Succeeded);
        target.HasExactly(files);
        Assert.Equal(300, stock.FileNames().Length);
    }

    [Fact]
    public async Task Copies_that_are_on_the_disk_when_a_connection_breaks_are_delivered_and_stay_where_they_are_too()
    {
        var files = AgentData.MakeMany(300);
        using var stock = With(files);
        using var target = new SyncTarget();
        var whole = target.Incoming[$".pandorasync/127.0.0.1%3a{stock.Port}/whole"];
        var (copied, isProven, isBroken) = (0, false, false);
        stock.OnStep = moment =>
        {
            if (moment.Point != StockPoint.Command)
                return;
            copied += string.Equals(moment.Command, "RECV OK", StringComparison.Ordinal) ? 1 : 0;
            if (!isProven || isBroken)
            {
                isProven |= copied > 0 && moment.Command.Contains(".pandorasync", StringComparison.Ordinal);
                return;
            }

            isBroken = SpinWait.SpinUntil(() => Directory.GetFiles(whole).Length == copied, TimeSpan.FromSeconds(30));
            moment.Close();
        };
        var result = await target.DrainAsync(Site(stock.Port, TimeSpan.FromSeconds(60)), keepsFiles: true, connections: 1);
        Assert.True(isBroken);
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly(files);
        Assert.Equal(300, stock.FileNames().Length);
    }

    [Fact]
    public async Task Files_of_every_size_come_through_one_connection()
    {
        var sizes = new[] { 1, 2, 1023, 1024, 1025, 65_537, 300_000, 2_000_000 };
        var files = Enumerable.Range(0, 64).Select(n => AgentData.Make(n, 1100) with { Content = AgentData.Noise(n, sizes[n % sizes.Length]) }).ToArray();
        using var stock = With(files);
        using var target = new SyncTarget();
        var result = await target.DrainAsync(Site(stock.Port), connections: 1);
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly(files);
        Assert.Equal(1, stock.ConnectionsServed);
    }

    [Fact]
    public async Task What_cannot_be_asked_ahead_is_asked_alone_and_the_rest_comes_ahead()
    {
        var files = AgentData.MakeMany(200);
        using var stock = With(files);
        var empty = new AgentData($"empty.{AgentData.FirstEpoch + 50}.data", AgentData.FirstEpoch + 50, []);
        var answer = new AgentData($"answer.{AgentData.FirstEpoch + 100}.data", AgentData.FirstEpoch + 100, Encoding.ASCII.GetBytes("RECV SIZE 5\n"));
        stock.Put(empty);
        stock.Put(answer);
        var vanishing = files[150];
        stock.OnStep = moment =>
        {
            if (moment is { Point: StockPoint.Command } && string.Equals(moment.Command, $"RECV <{files[0].Name}>", StringComparison.Ordinal))
                File.Delete(Path.Combine(stock.Folder, vanishing.Name));
        };
        using var target = new SyncTarget();
        var result = await target.DrainAsync(Site(stock.Port), connections: 1);
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly([.. files.Where(f => f != vanishing), empty, answer]);
        Assert.Empty(stock.FileNames());

        // A reset takes answers with it that had been sent, so that files before the one that caused it are asked for alone too; but not all over and over.
        Assert.InRange(stock.ConnectionsServed, 2, 40);
    }

    [Fact]
    public async Task Content_that_looks_like_answers_comes_as_it_is()
    {
        string[] answers = ["RECV SIZE 5\n", "RECV ERR (file does not exist)\n", "MV SIZE 5\n", "RECV SIZE 5\nhello", "RECV SIZE 5\nhelloRECV SIZE 3\nabc", "R", "RECV ", "MV ", "\n", "MV ERR (file does not exist)\nRECV OK\n"];
        var files = Enumerable.Range(0, 12 * answers.Length)
            .Select(n => AgentData.Make(n) with { Content = Encoding.ASCII.GetBytes(new string('x', n % 12) + answers[n / 12] + (n % 2 == 0 ? string.Empty : n.ToString(CultureInfo.InvariantCulture))) })
            .ToArray();
        using var stock = With(files);
        using var target = new SyncTarget();
        var result = await target.DrainAsync(Site(stock.Port), connections: 1);
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly(files);
        Assert.Empty(stock.FileNames());
    }

    [Fact]
    public async Task A_file_that_turns_out_shorter_than_announced_mixes_up_nothing()
    {
        // What is missing of the first is exactly what the server says of the second: each answer that follows fits the question before.
        var files = AgentData.MakeMany(100).Select(f => f with { Content = f.Content[..200] }).ToArray();
        var grown = AgentData.Noise(1, 1000);
        files[20] = files[20] with { Content = grown };
        using var stock = With(files);
        var isShortened = false;
        stock.OnStep = moment =>
        {
            if (moment.Point != StockPoint.Content || !string.Equals(moment.Command, "RECV OK", StringComparison.Ordinal) || isShortened || stock.Commands.LastOrDefault(c => c.StartsWith("RECV <", StringComparison.Ordinal)) is not { } asked || !asked.Contains(files[20].Name, StringComparison.Ordinal))
                return;
            isShortened = true;
            moment.Data = grown[..^("RECV SIZE 200\n".Length + 200)];
        };
        using var target = new SyncTarget();
        var result = await target.DrainAsync(Site(stock.Port), connections: 1);
        Assert.True(isShortened);
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly(files);
        Assert.Empty(stock.FileNames());
    }

    [Theory]
    [InlineData(41)]
    [InlineData(42)]
    [InlineData(43)]
    [InlineData(44)]
    [InlineData(45)]
    [InlineData(46)]
    public async Task A_line_that_joins_commands_behind_tls_puts_the_server_out_of_step_and_mixes_up_nothing(int joinAt)
    {
        // Line 0 lists, 1 confirms and 2 asks for what is not there. A file of 13 bytes; nothing of the one behind it; then one whose content would pass for the answers to both.
        var files = AgentData.MakeMany(100).Select((f, n) => f with
        {
            Content = Encoding.ASCII.GetBytes((n % 3) switch { 0 => $"{n:0000000000000}", 1 => $"{n:00000}", _ => $"RECV SIZE 5\nhelloRECV SIZE 4\n{n:0000}" }),
        }).ToArray();
        using var stock = With(files, tls: false);
        using var line = new FaultProxy(stock.EndPoint, n => n == 1 ? new FaultPlan { JoinLinesAt = joinAt } : new FaultPlan { JoinFor = TimeSpan.FromMilliseconds(3) });
        using var relay = new TlsRelay(line.EndPoint, TestCertificates.Site.Certificate);
        using var target = new SyncTarget();
        var result = await target.DrainAsync(Site(relay.Port), connections: 1);
        Assert.True(result.Succeeded, result + string.Join('\n', target.Story));
        Assert.Contains(stock.Commands, c => c.Contains("OK\nRECV", StringComparison.Ordinal));
        target.HasExactly(files);
        Assert.Empty(stock.FileNames());
    }

    [Fact]
    public async Task A_line_that_joins_every_command_behind_tls_is_asked_one_at_a_time()
    {
        var files = AgentData.MakeMany(60);
        using var stock = With(files, tls: false);
        using var line = new FaultProxy(stock.EndPoint, _ => new FaultPlan { JoinFor = TimeSpan.FromMilliseconds(5) });
        using var relay = new TlsRelay(line.EndPoint, TestCertificates.Site.Certificate);
        using var target = new SyncTarget();
        var result = await target.DrainAsync(Site(relay.Port), connections: 1);
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly(files);
        Assert.Contains(target.Story, l => l.Contains("one file at a time", StringComparison.Ordinal));
        Assert.Equal("one at a time", result.AskedBy);
    }
}
