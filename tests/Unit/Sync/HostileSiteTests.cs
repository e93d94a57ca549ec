using System;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.Sync.Staging;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Sync;

/// <summary>What a site announces costs itself alone, and a file over the limit is left where it is.</summary>
public sealed class HostileSiteTests
{
    private const long Reserve = 16L << 20;
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public async Task Review09_A_site_that_announces_nearly_the_whole_disk_and_trickles_does_not_stop_another(bool stock, bool isOverTheLimit)
    {
        using var disk = new SmallDisk(megabytes: 64);
        using var hostile = new StockServer();
        var files = AgentData.MakeMany(20, 1_000_000);
        using var honest = new Site(stock, files);
        using var goOn = new ManualResetEventSlim();
        var asked = new TaskCompletionSource();
        hostile.Put("huge.1.data", new byte[1]);
        hostile.OnStep = moment =>
        {
            if (moment.Point == StockPoint.Reply && moment.Command.StartsWith("RECV <huge", StringComparison.Ordinal))
                moment.Say("RECV SIZE 40000000\n");
            if (moment.Point == StockPoint.Replied && moment.Command.StartsWith("RECV <huge", StringComparison.Ordinal))
                asked.TrySetResult();
            if (moment.Point == StockPoint.Piece && moment.Command.StartsWith("RECV", StringComparison.Ordinal))
                goOn.Wait(IdleTimeout);
        };

        // The honest site waits until the other has announced.
        var options = new SyncOptions(disk.Path) { MaxFileBytes = isOverTheLimit ? TentacleLimits.DefaultMaxTakenBytes : long.MaxValue };
        honest.BeforeFirstFile = () => asked.Task.Wait(IdleTimeout);
        var results = new ConcurrentQueue<SiteResult>();
        var drain = SyncRunner.DrainAsync([SyncTarget.Site(hostile.Port, IdleTimeout, retries: 0), SyncTarget.Site(honest.Port)], options, results.Enqueue, CancellationToken.None);
        await Eventually.BecomesTrue(() => results.Any(r => r.Site.EndsWith($":{honest.Port}", StringComparison.Ordinal)), "the honest site's result", IdleTimeout);
        goOn.Set();
        await Eventually.Ends(drain, "the run", IdleTimeout);
        var good = results.Single(r => r.Site.EndsWith($":{honest.Port}", StringComparison.Ordinal));
        Assert.True(good.Succeeded, $"{good} {good.Error}");
        Assert.Equal(20, good.Files);
        Assert.Equal(files.Select(f => f.Name).Order(StringComparer.Ordinal), disk.Folder.FileNames());
        var bad = results.Single(r => r != good);
        Assert.False(bad.Succeeded);
        if (isOverTheLimit)
            Assert.Equal(("huge.1.data", TentacleErrorKind.TooLarge), (Assert.Single(bad.Skipped).Name, bad.Skipped[0].Kind));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Review09_A_file_over_the_limit_is_left_with_its_name_and_the_reason_and_all_others_arrive(bool stock, bool keepsFiles)
    {
        var files = AgentData.MakeMany(60, 50_000);
        var large = new[] { 0, 1, 2, 3, 4, 30, 59 };
        foreach (var n in large)
            files[n] = AgentData.Make(n, 50_001);
        using var site = new Site(stock, files);
        using var target = new SyncTarget();
        var options = target.Options(keepsFiles, connections: 1) with { MaxFileBytes = 50_000 };
        var result = (await Eventually.Ends(SyncRunner.DrainAsync([SyncTarget.Site(site.Port, retries: 0)], options, completed: null, CancellationToken.None), "the drain", IdleTimeout)).Single();
        Assert.Null(result.Error);
        Assert.Equal(large.Select(n => files[n].Name).Order(StringComparer.Ordinal), result.Skipped.Select(l => l.Name).Order(StringComparer.Ordinal));
        Assert.All(result.Skipped, left => Assert.Equal((TentacleErrorKind.TooLarge, "It has 50001 bytes, over the limit of 50000: raise the largest file size to take it."), (left.Kind, left.Reason)));
        target.HasExactly(files.Except(large.Select(n => files[n])));
        Assert.All(large, n => Assert.True(site.Has(files[n].Name)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Review09_A_copy_of_an_earlier_run_is_kept_when_what_the_server_has_now_is_over_the_limit(bool stock)
    {
        var (old, newer) = (AgentData.Make(1, 2000), AgentData.Make(1, 60_000));
        using var site = new Site(stock, [newer]);
        using var target = new SyncTarget();
        target.Incoming.Write($".pandorasync/127.0.0.1%3a{site.Port}/whole/{old.Name}", old.Content);
        var options = target.Options(connections: 1) with { MaxFileBytes = 50_000 };
        var result = (await Eventually.Ends(SyncRunner.DrainAsync([SyncTarget.Site(site.Port)], options, completed: null, CancellationToken.None), "the drain", IdleTimeout)).Single();
        Assert.Equal(TentacleErrorKind.TooLarge, Assert.Single(result.Skipped).Kind);
        Assert.True(site.Has(newer.Name));
        Assert.Equal(old.Content, stock ? File.ReadAllBytes(Assert.Single(target.Leftovers())) : target.Incoming.Read(old.Name));
        await SyncRunner.DrainAsync([SyncTarget.Site(site.Port)], target.Options(), completed: null, CancellationToken.None);
        Assert.Contains(target.Incoming.FileNames(), name => target.Incoming.Read(name).SequenceEqual(newer.Content));
        Assert.Contains(target.Incoming.FileNames(), name => target.Incoming.Read(name).SequenceEqual(old.Content));
        Assert.Empty(target.Leftovers());
    }

    [Fact]
    public async Task Review09_Two_sites_that_together_announce_more_than_there_is_leave_the_reserve_free()
    {
        using var disk = new SmallDisk(megabytes: 64);
        using var one = new StockServer();
        using var other = new StockServer();
        using var both = new CountdownEvent(2);
        foreach (var server in new[] { one, other })
        {
            server.Put("large.1.data", AgentData.Noise(server.Port, 30_000_000));
            server.OnStep = moment =>
            {
                if (moment.Point == StockPoint.Content && moment.Command.StartsWith("RECV <large", StringComparison.Ordinal) && !both.IsSet)
                {
                    both.Signal();
                    both.Wait(IdleTimeout);
                }
            };
        }

        var least = long.MaxValue;
        var options = new SyncOptions(disk.Path)
        {
            MaxFileBytes = long.MaxValue,
            Connections = 1,
            Progress = _ => least = Math.Min(least, new DriveInfo(disk.Path).AvailableFreeSpace),
        };
        var results = await Eventually.Ends(SyncRunner.DrainAsync([SyncTarget.Site(one.Port), SyncTarget.Site(other.Port)], options, completed: null, CancellationToken.None), "the run", IdleTimeout);
        Assert.Contains(results, r => r.Error?.Kind == TentacleErrorKind.DiskFull);
        Assert.InRange(least, Reserve - (1 << 20), long.MaxValue);
        Assert.Equal(2, one.FileNames().Length + other.FileNames().Length + disk.Folder.FileNames().Length);
    }

    [Fact]
    public async Task Review11_A_site_with_many_tiny_files_leaves_the_reserve_of_inodes_free()
    {
        using var disk = new SmallDisk(megabytes: 64, inodes: 400);
        using var server = new StockServer();
        var names = Enumerable.Range(1, 600).Select(n => $"tiny.{n.ToString(CultureInfo.InvariantCulture)}.data").ToArray();
        foreach (var name in names)
            server.Put(name, [1]);
        var first = (await Eventually.Ends(SyncRunner.DrainAsync([SyncTarget.Site(server.Port)], new SyncOptions(disk.Path), completed: null, CancellationToken.None), "the drain", IdleTimeout)).Single();
        Assert.Equal(TentacleErrorKind.DiskFull, first.Error?.Kind);
        Assert.Contains(" inodes free, too few for another file and the 40 that stay free", first.Error!.Message, StringComparison.Ordinal);
        Assert.InRange(first.Files, 300, 360);
        Assert.Equal(600, disk.Folder.FileNames().Length + server.FileNames().Length);
        disk.ResizeInodes(10_000);
        var second = (await Eventually.Ends(SyncRunner.DrainAsync([SyncTarget.Site(server.Port)], new SyncOptions(disk.Path), completed: null, CancellationToken.None), "the drain", IdleTimeout)).Single();
        Assert.True(second.Succeeded, $"{second}");
        Assert.Equal(names.Order(StringComparer.Ordinal), disk.Folder.FileNames());
    }

    private sealed class Site : IDisposable
    {
        private readonly StockServer? _stock;
        private readonly OurServer? _ours;
        private readonly FaultProxy? _proxy;

        public Site(bool stock, AgentData[] files)
        {
            if (stock)
            {
                _stock = new StockServer(onStep: moment =>
                {
                    if (moment.Point == StockPoint.Connected)
                        BeforeFirstFile?.Invoke();
                });
            }
            else
            {
                _ours = new OurServer();
                _proxy = new FaultProxy(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, _ours.Port), toServer: _ =>
                {
                    BeforeFirstFile?.Invoke();
                    return new FaultPlan();
                });
            }

            foreach (var file in files)
            {
                _stock?.Put(file);
                _ours?.Put(file);
            }
        }

        public Action? BeforeFirstFile { get; set; }

        public int Port => _stock?.Port ?? _proxy!.Port;

        public bool Has(string name) => _stock?.Has(name) ?? _ours!.Buffer.Has(name);

        public void Dispose()
        {
            _stock?.Dispose();
            _proxy?.Dispose();
            _ours?.Dispose();
        }
    }
}
