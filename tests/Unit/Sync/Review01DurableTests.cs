using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Protocol;
using PandoraSync.Server;
using PandoraSync.Sync;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Sync;

/// <summary>A real disk that fails for a while and recovers: whatever its source has given up is on it, whole, whoever else flushes meanwhile.</summary>
public sealed class Review01DurableTests
{
    private const int FilesPerSite = 1500;

    private const int RunsOfADrain = 2;
    private const int RunsOfAServer = 5;

    public static TheoryData<bool, bool, int, bool, int> Drains
    {
        get
        {
            (bool Stock, bool KeepsFiles, int Sites, bool ForeignFlushes)[] drains =
            [
                (false, false, 1, false),
                (false, false, 2, false),
                (false, false, 1, true),
                (false, true, 1, true),
                (true, false, 1, false),
                (true, false, 2, true),
                (true, true, 1, true),
            ];
            var data = new TheoryData<bool, bool, int, bool, int>();
            foreach (var (stock, keepsFiles, sites, foreignFlushes) in drains)
            {
                for (var run = 1; run <= RunsOfADrain; run++)
                    data.Add(stock, keepsFiles, sites, foreignFlushes, run);
            }

            return data;
        }
    }

    public static TheoryData<bool, int> Ingests
    {
        get
        {
            var data = new TheoryData<bool, int>();
            for (var run = 1; run <= RunsOfAServer; run++)
            {
                data.Add(false, run);
                data.Add(true, run);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Drains))]
    public async Task Review01_what_a_drain_has_taken_is_on_disk_although_the_disk_failed_for_a_while(bool stock, bool keepsFiles, int sites, bool foreignFlushes, int run)
    {
        using var disk = new FailingDisk();
        using var sources = new Sources(stock, sites, FilesPerSite);
        using var trouble = new Trouble(disk, foreignFlushes);
        var kept = new ConcurrentBag<string>();
        var first = await sources.DrainAsync(disk.Path, keepsFiles, file => kept.Add(file.Name), trouble.Begin);
        await trouble.EndAsync();
        disk.Remount();
        if (keepsFiles)
            sources.Remove(kept);
        var second = await sources.DrainAsync(disk.Path, keepsFiles: false);
        Assert.All(second, r => Assert.True(r.Succeeded, r.ToString()));
        disk.Remount();
        sources.AreWholeIn(disk.Path, $"time {run}, first run: {string.Join("; ", first.Select(r => $"{r.Files} files, {r.SkippedCount} left, {r.Error?.Message}"))}");
    }

    [Theory]
    [MemberData(nameof(Ingests))]
    public async Task Review01_what_a_server_has_confirmed_is_on_disk_although_the_disk_failed_for_a_while(bool foreignFlushes, int run)
    {
        using var disk = new FailingDisk();
        using var trouble = new Trouble(disk, foreignFlushes);
        var confirmed = new ConcurrentBag<AgentData>();
        using (var server = new OurServer(options => new PandoraSync.Server.TentacleServerOptions(disk.Path) { Addresses = options.Addresses, Port = 0, MaxConnections = 100 }))
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(async sender =>
            {
                foreach (var file in Enumerable.Range(0, 150).Select(n => AgentData.Make((sender * 1000) + n)))
                {
                    if (await TrySendAsync(server, file))
                        confirmed.Add(file);
                    if (confirmed.Count > 100)
                        trouble.Begin();
                }
            }));
            await trouble.EndAsync();
        }

        disk.Remount();
        Assert.InRange(confirmed.Count, 100, int.MaxValue);
        var damaged = confirmed.Count(f => !IsWhole(disk[f.Name], f));
        Assert.True(damaged == 0, $"{damaged} of {confirmed.Count} confirmed files are lost, time {run}");
    }

    private static async Task<bool> TrySendAsync(OurServer server, AgentData file)
    {
        try
        {
            using var client = await TentacleClient.ConnectAsync(server.Client, CancellationToken.None);
            using var content = new MemoryStream(file.Content);
            await client.SendAsync(file.Name, content, file.Content.Length, sent: null, CancellationToken.None);
            return true;
        }
        catch (TentacleException)
        {
            return false;
        }
    }

    private static bool IsWhole(string path, AgentData file) => File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(file.Content);

    /// <summary>The disk fails a few times for a moment, from when it is told to.</summary>
    private sealed class Trouble : IDisposable
    {
        private const int Times = 6;
        private static readonly TimeSpan Bad = TimeSpan.FromMilliseconds(60);
        private static readonly TimeSpan Good = TimeSpan.FromMilliseconds(30);
        private readonly CancellationTokenSource _end = new();
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly SemaphoreSlim _told = new(0);
        private readonly Task _failing;
        private readonly Task _flushing;

        public Trouble(FailingDisk disk, bool foreignFlushes)
        {
            _failing = FailAsync(disk);
            _flushing = foreignFlushes ? Task.Run(() => FlushAll(disk)) : Task.CompletedTask;
        }

        public void Begin() => _begun.TrySetResult();

        public async Task EndAsync()
        {
            await _failing;
            await _end.CancelAsync();
            await _flushing;
        }

        public void Dispose()
        {
            _end.Cancel();
            _begun.TrySetResult();
            Task.WaitAll(_failing, _flushing);
            _end.Dispose();
            _told.Dispose();
        }

        private async Task FailAsync(FailingDisk disk)
        {
            await _begun.Task;
            for (var time = 0; time < Times; time++)
            {
                // Until somebody else has been told of the error; then the system does not tell again who asks too late.
                await Task.Run(disk.Fill);
                await _told.WaitAsync(Bad);
                disk.Free();
                await Task.Delay(Good);
            }
        }

        private void FlushAll(FailingDisk disk)
        {
            while (!_end.IsCancellationRequested)
            {
                if (!disk.Sync())
                    _told.Release();
                Thread.Sleep(1);
            }
        }
    }

    private sealed class Sources : IDisposable
    {
        private readonly List<StockServer> _stock = [];
        private readonly List<OurServer> _ours = [];
        private readonly AgentData[] _files;

        public Sources(bool stock, int sites, int files)
        {
            _files = AgentData.MakeMany(sites * files);
            for (var site = 0; site < sites; site++)
            {
                if (stock)
                    _stock.Add(new StockServer());
                else
                    _ours.Add(new OurServer());
                foreach (var file in _files.Skip(site * files).Take(files))
                    File.WriteAllBytes(Path.Combine(stock ? _stock[site].Folder : _ours[site].Buffer.Path, file.Name), file.Content);
            }
        }

        private IEnumerable<string> Folders => [.. _stock.Select(s => s.Folder), .. _ours.Select(s => s.Buffer.Path)];

        public async Task<IReadOnlyList<SiteResult>> DrainAsync(string incoming, bool keepsFiles, Action<ReceivedFile>? received = null, Action? begun = null)
        {
            var options = new SyncOptions(incoming) { KeepsFiles = keepsFiles, Connections = 2, MinFreeBytes = 0, Received = received, Progress = _ => begun?.Invoke() };
            var drain = SyncRunner.DrainAsync([.. _stock.Select(s => s.Port).Concat(_ours.Select(s => s.Port)).Select(p => SyncTarget.Site(p))], options, completed: null, CancellationToken.None);
            return [.. await Eventually.Ends(drain, "the drain", TimeSpan.FromSeconds(60))];
        }

        /// <summary>Deletes files at their source.</summary>
        public void Remove(IEnumerable<string> names)
        {
            foreach (var path in names.SelectMany(n => Folders.Select(f => Path.Combine(f, n))))
                File.Delete(path);
        }

        public void AreWholeIn(string incoming, string story)
        {
            Assert.All(Folders, f => Assert.Empty(Directory.EnumerateFiles(f)));
            var damaged = _files.Where(f => !IsWhole(Path.Combine(incoming, f.Name), f)).ToArray();
            Assert.True(damaged.Length == 0, $"{damaged.Length} of {_files.Length} files are lost ({damaged.Count(f => File.Exists(Path.Combine(incoming, f.Name)))} of them there with other content); {story}");
            Assert.Equal(_files.Length, Directory.EnumerateFiles(incoming).Count());
        }

        public void Dispose()
        {
            _stock.ForEach(s => s.Dispose());
            _ours.ForEach(s => s.Dispose());
        }
    }
}
