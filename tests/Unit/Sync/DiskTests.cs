using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Sync;

/// <summary>An incoming directory that gets full or read-only in the middle of a drain: a clear error, nothing lost, and the next run finishes.</summary>
public sealed class DiskTests
{
    private static readonly RealProgram Chattr = new("chattr", "e2fsprogs");

    [Theory]
    [InlineData(true, 0L)]
    [InlineData(false, 0L)]
    [InlineData(true, 1L << 20)]
    [InlineData(false, 1L << 20)]
    public async Task A_disk_that_gets_full_in_mid_drain_costs_nothing(bool stock, long kept)
    {
        using var disk = new SmallDisk(megabytes: 4);
        using var site = new Site(stock, AgentData.MakeMany(100, 60_000));
        var first = await site.DrainAsync(disk.Path, kept);
        Assert.Equal(TentacleErrorKind.DiskFull, first.Error!.Kind);
        Assert.Contains(disk.Path, first.Error.Message, StringComparison.Ordinal);
        Assert.EndsWith("make room, then run again; nothing is lost.", first.Error.Message, StringComparison.Ordinal);
        Assert.InRange(first.Files, 1, 99);
        disk.Resize(megabytes: 64);
        await site.TheNextRunFinishesAsync(disk.Folder);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_incoming_directory_that_gets_read_only_in_mid_drain_costs_nothing(bool stock)
    {
        using var incoming = new TempFolder();
        using var site = new Site(stock, AgentData.MakeMany(1000));
        try
        {
            var first = await site.DrainAsync(incoming.Path, kept: 0, () => ChangeAttribute("+i", incoming));
            Assert.Equal(TentacleErrorKind.LocalFile, first.Error!.Kind);
            Assert.Equal($"'{incoming.Path}' cannot be written or read with the rights of this user (store, {first.Site}): check owner, mode and mount options.", first.Error.Message);
            Assert.InRange(first.Files, 1, 999);
        }
        finally
        {
            ChangeAttribute("-i", incoming);
        }

        await site.TheNextRunFinishesAsync(incoming);
    }

    /// <summary>A directory that even root cannot write to.</summary>
    private static void ChangeAttribute(string change, TempFolder folder)
    {
        var result = Chattr.RunAsync([change, folder.Path]).GetAwaiter().GetResult();
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    private sealed class Site : IDisposable
    {
        private readonly AgentData[] _files;
        private readonly StockServer? _stock;
        private readonly OurServer? _ours;

        public Site(bool stock, AgentData[] files)
        {
            _files = files;
            if (stock)
                _stock = new StockServer();
            else
                _ours = new OurServer();
            foreach (var file in files)
            {
                _stock?.Put(file);
                _ours?.Put(file);
            }
        }

        /// <summary>Drains it.</summary>
        /// <param name="incoming">Where to.</param>
        /// <param name="kept">Bytes that stay free.</param>
        /// <param name="inMidDrain">Called once, when some files have arrived and others have not.</param>
        public async Task<SiteResult> DrainAsync(string incoming, long kept, Action? inMidDrain = null)
        {
            var options = new SyncOptions(incoming) { Connections = 1, MinFreeBytes = kept, Received = _ => Once(_ours is not null) };
            var moves = 0;
            _stock?.OnStep = moment => Once(moment.Point == StockPoint.Command && moment.Command.StartsWith("MV <", StringComparison.Ordinal) && ++moves == 500);
            void Once(bool isTime)
            {
                if (isTime)
                    Interlocked.Exchange(ref inMidDrain, null)?.Invoke();
            }

            var drain = SyncRunner.DrainAsync([SyncTarget.Site(_stock?.Port ?? _ours!.Port)], options, completed: null, CancellationToken.None);
            return (await Eventually.Ends(drain, "the drain", TimeSpan.FromSeconds(60))).Single();
        }

        public async Task TheNextRunFinishesAsync(TempFolder incoming)
        {
            var second = await DrainAsync(incoming.Path, kept: 0);
            Assert.True(second.Succeeded, second.ToString());
            Assert.Equal(_files.Select(f => f.Name).Order(StringComparer.Ordinal), incoming.FileNames());
            foreach (var file in _files)
                Assert.Equal(file.Content, incoming.Read(file.Name));
            Assert.Empty(_stock?.FileNames() ?? _ours!.Buffer.FileNames());
        }

        public void Dispose()
        {
            _stock?.Dispose();
            _ours?.Dispose();
        }
    }
}
