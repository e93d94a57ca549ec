using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.Transport;

namespace PandoraSync.Bench;

/// <summary>A sync server in a process of its own, draining in the default way: incoming, sites (a file that names them), parallel, files (expected); worker and workers for a share of the sites, drained when it is told to go on. Reports a <see cref="DrainReport"/>.</summary>
internal static class DrainWork
{
    public const string Word = "drain";

    /// <summary>Longest a drain may take.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromHours(1);

    public static async Task RunAsync(WorkerArguments given)
    {
        using var patience = new CancellationTokenSource(Limit);
        var expected = given.Number("files");
        var tenths = new double[10];
        long arrived = 0;
        var clock = new Stopwatch();
        var options = new SyncOptions(given["incoming"])
        {
            ThrottleLimit = given.Number("parallel"),
            Received = _ =>
            {
                var count = Interlocked.Increment(ref arrived);
                if (count * 10 % expected < 10 && count * 10 / expected is > 0 and <= 10)
                    tenths[(count * 10 / expected) - 1] = clock.Elapsed.TotalSeconds;
            },
        };
        var sites = (await File.ReadAllLinesAsync(given["sites"], patience.Token))
            .Select(s => new SyncSite(new TentacleClientOptions(TentacleEndpoint.Parse(s)) { Timeout = TimeSpan.FromSeconds(60) }))
            .ToArray();
        if (given.Find("workers") is not null)
        {
            sites = [.. new WorkerShare(given.Number("worker"), given.Number("workers")).Of(sites)];
            await Worker.SayAsync(true);
            await Console.In.ReadLineAsync(patience.Token);
        }

        using var self = Process.GetCurrentProcess();
        var before = self.TotalProcessorTime;
        clock.Start();
        var results = await SyncRunner.DrainAsync(sites, options, completed: null, patience.Token);
        var seconds = clock.Elapsed.TotalSeconds;
        self.Refresh();
        var failed = results.FirstOrDefault(r => !r.Succeeded);
        var failure = failed is null ? null : $"{failed.Site}: {failed.Error?.Message ?? failed.Skipped[0].ToString()}";
        await Worker.SayAsync(new DrainReport(seconds, results.Sum(r => r.Files), failure, ProcessMemory.Peak(Environment.ProcessId), tenths)
        {
            Sites = sites.Length,
            ProcessorSeconds = (self.TotalProcessorTime - before).TotalSeconds,
        });
    }
}
