using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.TestSupport;
using PandoraSync.Transport;

namespace PandoraSync.Bench;

/// <summary>Many sites shared out over workers, each with an incoming directory of its own. All are processes of their own.</summary>
internal static class WorkerRuns
{
    private const int FilesEach = 5;
    private const int ServerProcesses = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public static Comparison Compare(Scale scale)
    {
        var sites = scale.Pick(40, 1000);
        return new Comparison("workers", FormattableString.Invariant($"Drain {sites:#,##0} sites with {FilesEach} files of 4 KB each by workers"), "sites",
        [
            new Contender("one worker", () => RunAsync(sites, workers: 1)),
            new Contender("two workers", () => RunAsync(sites, workers: 2)),
            new Contender("four workers", () => RunAsync(sites, workers: 4)),
        ])
        {
            MostRounds = 2,
            Notes =
            [
                FormattableString.Invariant($"The sites are servers on addresses of their own within 127.0.0.0/8, in {ServerProcesses} processes; workers and servers share this machine's processors and disk, and one worker fills them: here more workers are slower, since each has its own start, code to compile and flushes. What workers on machines of their own bring is not measured; what one worker's processor time allows stands under \"processor time of the workers a site\"."),
                "Each worker finds its share by itself and has an incoming directory of its own; together they must have every file once.",
                "\"Sites that move\" is counted: those that another worker has when there is one worker more.",
            ],
        };
    }

    private static async Task<Outcome> RunAsync(int sites, int workers)
    {
        using var buffers = new TempFolder();
        using var incoming = new TempFolder();
        using var settings = new TempFolder();
        var servers = Enumerable.Range(0, ServerProcesses).Select(i => new WorkerProcess(ServerWork.ServeMany, $"folder={buffers.Path}", FormattableString.Invariant($"sites={sites / ServerProcesses}"), FormattableString.Invariant($"first={i * sites / ServerProcesses}"), FormattableString.Invariant($"files={FilesEach}"))).ToArray();
        var drains = new List<WorkerProcess>();
        try
        {
            var endpoints = (await Task.WhenAll(servers.Select(s => s.ReadAsync<ServerReport>(Limit)))).SelectMany(r => r.Endpoints).ToArray();
            var list = settings.Write("sites", string.Join('\n', endpoints));
            drains.AddRange(Enumerable.Range(1, workers).Select(worker => new WorkerProcess(DrainWork.Word, $"incoming={incoming.MakeFolder(FormattableString.Invariant($"in{worker}"))}", $"sites={list}", "parallel=32", FormattableString.Invariant($"files={sites * FilesEach}"), FormattableString.Invariant($"worker={worker}"), FormattableString.Invariant($"workers={workers}"))));
            await Task.WhenAll(drains.Select(d => d.ReadAsync<bool>(Limit)));
            var clock = Stopwatch.StartNew();
            await Task.WhenAll(drains.Select(d => d.ContinueAsync()));
            var reports = await Task.WhenAll(drains.Select(d => d.ReadAsync<DrainReport>(Limit)));
            var seconds = clock.Elapsed.TotalSeconds;
            Check(reports, incoming.Path, buffers.Path, sites);
            return new Outcome(sites / seconds,
            [
                new Figure("sites of the worker with the fewest", string.Empty, reports.Min(r => r.Sites)),
                new Figure("sites of the worker with the most", string.Empty, reports.Max(r => r.Sites)),
                new Figure("sites that move when a worker is added", string.Empty, Moving(endpoints, workers)),
                new Figure("processor time of the workers a site", "ms", 1000 * reports.Sum(r => r.ProcessorSeconds) / sites),
                new Figure("peak memory of a worker", "MB", reports.Max(r => r.PeakMegabytes)),
            ]);
        }
        finally
        {
            foreach (var process in drains.Concat(servers))
                await process.DisposeAsync();
        }
    }

    private static void Check(IReadOnlyCollection<DrainReport> reports, string incoming, string buffers, int sites)
    {
        if (reports.Select(r => r.Failure).OfType<string>().FirstOrDefault() is { } failure)
            throw new BenchFailedException(failure);
        var arrived = Directory.EnumerateDirectories(incoming).SelectMany(d => Directory.EnumerateFiles(d, "*.data")).Select(f => Path.GetFileName(f)).ToArray();
        if (arrived.Length != sites * FilesEach || arrived.Distinct(StringComparer.Ordinal).Count() != arrived.Length)
            throw new BenchFailedException($"{arrived.Length} files have arrived, {arrived.Distinct(StringComparer.Ordinal).Count()} of them different; there were {sites * FilesEach}.");
        foreach (var folder in Directory.EnumerateDirectories(buffers))
            AgentFiles.CheckGone(folder);
    }

    private static int Moving(IEnumerable<string> endpoints, int workers) =>
        endpoints.Select(e => new SyncSite(new TentacleClientOptions(TentacleEndpoint.Parse(e))).FolderName).Count(name => WorkerShare.WorkerOf(name, workers) != WorkerShare.WorkerOf(name, workers + 1));
}
