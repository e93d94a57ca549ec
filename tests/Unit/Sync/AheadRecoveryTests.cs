using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Sync;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Sync;

/// <summary>What breaks off, or was replaced, between a copy and its removal, where a stock server is asked ahead.</summary>
public sealed class AheadRecoveryTests : AheadDrainTest
{
    [Fact]
    public async Task What_a_server_has_not_deleted_behind_the_last_content_of_a_window_is_moved_once_more()
    {
        // Only a later answer shows that what was given is deleted; behind the last content it is the sync point's.
        var files = AgentData.MakeMany(20);
        using var stock = With(files);
        var moved = 0;
        stock.OnStep = moment =>
        {
            if (moment is { Point: StockPoint.ContentDone, Command: "MV OK" } && Interlocked.Increment(ref moved) == files.Length)
                moment.Close();
        };
        using var target = new SyncTarget();
        var result = await target.DrainAsync(Site(stock.Port), connections: 1);
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly(files);
        Assert.Empty(stock.FileNames());
    }

    [Fact]
    public async Task What_an_interrupted_run_has_left_is_looked_for_ahead_and_only_what_is_still_there_is_copied_once_more()
    {
        var files = AgentData.MakeMany(300);
        var there = files.Where((_, n) => n % 2 == 0).ToArray();
        using var stock = With(there);
        using var target = Interrupted(stock.Port, files);
        var result = await target.DrainAsync(Site(stock.Port), connections: 1);
        Assert.True(result.Succeeded, result.ToString());
        Assert.Equal((300, 300), (result.Files, result.Recovered));
        target.HasExactly(files);
        Assert.Empty(stock.FileNames());
        Assert.Equal(there.Length, stock.Commands.Count(c => string.Equals(c, "RECV OK", StringComparison.Ordinal)));
        Assert.Equal(there.Length, stock.Commands.Count(c => string.Equals(c, "MV OK", StringComparison.Ordinal)));
        Assert.Equal(1, stock.ConnectionsServed);
    }

    [Fact]
    public async Task A_file_that_has_come_under_the_name_of_one_that_an_interrupted_run_has_left_is_copied_before_it_is_moved()
    {
        var files = AgentData.MakeMany(20);
        var newer = files[10] with { Content = AgentData.Noise(1, 5000) };
        using var stock = With([.. files[..10], newer, .. files[11..]]);
        using var target = Interrupted(stock.Port, files);
        var isLost = false;
        stock.OnStep = moment =>
        {
            // What is moved is gone when the line breaks in the middle of it.
            if (moment is not { Point: StockPoint.Piece, Command: "MV OK" } || isLost || !stock.Commands[^2].Contains(newer.Name, StringComparison.Ordinal))
                return;
            isLost = true;
            File.Delete(Path.Combine(stock.Folder, newer.Name));
            moment.Reset();
        };
        var result = await target.DrainAsync(Site(stock.Port), connections: 1);
        Assert.True(isLost);
        Assert.True(result.Succeeded, result.ToString());
        var contents = target.Incoming.FileNames().Select(n => Convert.ToHexString(target.Incoming.Read(n))).ToHashSet(StringComparer.Ordinal);
        Assert.All(files.Append(newer), f => Assert.Contains(Convert.ToHexString(f.Content), contents));
        Assert.Equal(21, target.Incoming.FileNames().Length);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(41)]
    [InlineData(42)]
    [InlineData(43)]
    [InlineData(58)]
    [InlineData(60)]
    [InlineData(61)]
    public async Task A_line_that_joins_questions_for_what_an_interrupted_run_has_left_takes_nothing_for_gone_that_is_there(int joinAt)
    {
        // Lines 0 to 2 list and find out about the server; the last file is at line 61 and 62, and the sync point at 63, behind which nothing comes.
        var files = AgentData.MakeMany(30);
        using var stock = With([.. files.Where((_, n) => n % 3 != 1)], tls: false);
        using var line = new FaultProxy(stock.EndPoint, n => n == 1 ? new FaultPlan { JoinLinesAt = joinAt } : new FaultPlan());
        using var relay = new TlsRelay(line.EndPoint, TestCertificates.Site.Certificate);
        using var target = Interrupted(relay.Port, files);
        var result = await target.DrainAsync(Site(relay.Port), connections: 1);
        Assert.True(result.Succeeded, result + string.Join('\n', target.Story));
        Assert.Contains(stock.Commands, c => c.Contains("\nRECV", StringComparison.Ordinal));
        target.HasExactly(files);
        Assert.Empty(stock.FileNames());
    }

    [Theory]
    [InlineData(20_000_000)]
    [InlineData(10_000)]
    public async Task What_is_replaced_between_copy_and_move_is_delivered_too(long largest)
    {
        var files = AgentData.MakeMany(100);
        var (grown, other) = (files[30], files[60]);
        var newer = other with { Content = AgentData.Noise(7, 900) };
        var longer = grown with { Content = [.. grown.Content, .. AgentData.Noise(8, 20_000)] };
        using var stock = With(files);
        stock.OnStep = moment =>
        {
            if (moment.Point != StockPoint.Command)
                return;
            if (string.Equals(moment.Command, $"MV <{other.Name}>", StringComparison.Ordinal))
                stock.Put(newer);
            else if (string.Equals(moment.Command, $"MV <{grown.Name}>", StringComparison.Ordinal))
                stock.Put(longer);
        };
        using var target = new SyncTarget();
        var result = (await SyncRunner.DrainAsync([Site(stock.Port)], target.Options(connections: 1) with { MaxFileBytes = largest }, completed: null, default)).Single();
        Assert.True(result.Succeeded, result.ToString());
        Assert.Equal(101, target.Incoming.FileNames().Length);
        var contents = target.Incoming.FileNames().Select(n => Convert.ToHexString(target.Incoming.Read(n))).ToHashSet(StringComparer.Ordinal);
        Assert.All(files.Where(f => f != grown).Append(longer).Append(newer), f => Assert.Contains(Convert.ToHexString(f.Content), contents));
        Assert.Empty(target.Leftovers());
        Assert.Empty(stock.FileNames());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_replaced_before_a_move_that_breaks_arrives_once(bool isReplacedAgain)
    {
        var files = AgentData.MakeMany(100);
        var other = files[60];
        var newer = other with { Content = AgentData.Noise(7, 900) };
        var newest = other with { Content = AgentData.Noise(8, 900) };
        using var stock = With(files);
        using var target = new SyncTarget();
        var (isReplaced, isBroken, hasCome) = (false, false, false);
        stock.OnStep = moment =>
        {
            if (!isReplaced && moment.Point == StockPoint.Command && string.Equals(moment.Command, $"MV <{other.Name}>", StringComparison.Ordinal))
            {
                isReplaced = true;
                stock.Put(newer);
            }
            else if (isReplaced && !isBroken && moment.Point == StockPoint.ContentDone)
            {
                // All of the content has come, and it will not be deleted.
                isBroken = true;
                hasCome = SpinWait.SpinUntil(HasCome, LongWait);
                if (isReplacedAgain)
                    stock.Put(newest);
                moment.Close();
            }
        };
        var result = await target.DrainAsync(Site(stock.Port), connections: 1);
        Assert.True(isBroken && hasCome);
        Assert.True(result.Succeeded, result.ToString());
        var expected = isReplacedAgain ? [.. files, newer, newest] : files.Append(newer).ToArray();
        Assert.Equal(expected.Length, result.Files);
        var contents = target.Incoming.FileNames().Select(n => Convert.ToHexString(target.Incoming.Read(n)));
        Assert.Equal(expected.Select(f => Convert.ToHexString(f.Content)).Order(StringComparer.Ordinal), contents.Order(StringComparer.Ordinal));
        Assert.Empty(target.Leftovers());
        Assert.Empty(stock.FileNames());

        bool HasCome()
        {
            lock (target.Story)
                return target.Story.Any(l => l.Contains(other.Name, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(StockPoint.Command)]
    [InlineData(StockPoint.Content)]
    [InlineData(StockPoint.ContentDone)]
    [InlineData(StockPoint.Deleted)]
    public async Task A_server_that_goes_silent_closes_or_resets_in_the_middle_of_a_window_loses_and_doubles_nothing(StockPoint point)
    {
        var files = AgentData.MakeMany(300);
        using var stock = With(files);
        var (steps, breaks) = (0, 0);
        stock.OnStep = moment =>
        {
            if (moment.Point != point || Interlocked.Increment(ref steps) % 90 != 0)
                return;
            switch (Interlocked.Increment(ref breaks) % 3)
            {
                case 0:
                    moment.Close();
                    break;
                case 1:
                    moment.Reset();
                    break;
                default:
                    moment.Hang();
                    break;
            }
        };
        using var target = new SyncTarget();
        var result = await target.DrainAsync(Site(stock.Port, TimeSpan.FromSeconds(1)), connections: 2);
        Assert.True(breaks > 0);
        Assert.True(result.SkippedCount < 10, result.ToString());

        // A file that has had bad luck three times is named as left; if the server has let go of it by then, its copy waits here for the next run.
        for (var i = 0; i < 10 && !result.Succeeded; i++)
            result = await target.DrainAsync(Site(stock.Port, TimeSpan.FromSeconds(1)), connections: 2);
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly(files);
    }

    /// <summary>A target where a run was interrupted that had all of these files on its disk.</summary>
    private static SyncTarget Interrupted(int port, AgentData[] files)
    {
        var target = new SyncTarget();
        foreach (var file in files)
            target.Incoming.Write($".pandorasync/127.0.0.1%3a{port}/whole/{file.Name}", file.Content);
        return target;
    }
}
