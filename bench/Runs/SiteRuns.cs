using System;
using System.IO;
using System.Threading.Tasks;
using PandoraSync.TestSupport;

namespace PandoraSync.Bench;

/// <summary>Many small sites drained side by side. Servers and sync server are processes of their own.</summary>
internal static class SiteRuns
{
    private const string Many = "many sites, all side by side";
    private const string Peak = "peak memory of the sync server";
    private const int FilesEach = 5;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static Comparison Compare(Scale scale)
    {
        var sites = scale.Pick(100, 1000);
        return new Comparison("sites", $"Drain {sites:#,##0} sites with {FilesEach} files of 4 KB each", "files",
        [
            new Contender("one site with as many files", () => RunAsync(1, sites * FilesEach)),
            new Contender("many sites, 32 side by side (the default)", () => RunAsync(sites, FilesEach, parallel: 32)),
            new Contender(Many, () => RunAsync(sites, FilesEach, parallel: sites)),
        ])
        {
            MostRounds = 3,
            Notes = ["Each site is a server on an address of its own within 127.0.0.0/8, all in one process; each is connected to, listed, drained over as many connections as it has work for, and left."],
        };
    }

    private static async Task<Outcome> RunAsync(int sites, int filesEach, int parallel = 1)
    {
        using var buffers = new TempFolder();
        using var incoming = new TempFolder();
        using var settings = new TempFolder();
        var count = sites * filesEach;
        await using var servers = new WorkerProcess(ServerWork.ServeMany, $"folder={buffers.Path}", FormattableString.Invariant($"sites={sites}"), FormattableString.Invariant($"files={filesEach}"));
        var list = settings.Write("sites", string.Join('\n', (await servers.ReadAsync<ServerReport>(Limit)).Endpoints));
        await using var drain = new WorkerProcess(DrainWork.Word, $"incoming={incoming.Path}", $"sites={list}", FormattableString.Invariant($"parallel={parallel}"), FormattableString.Invariant($"files={count}"));
        var report = await drain.ReadAsync<DrainReport>(Limit);
        if (report.Failure is { } failure)
            throw new BenchFailedException(failure);
        AgentFiles.Check(incoming.Path, AgentData.MakeMany(count));
        foreach (var folder in Directory.EnumerateDirectories(buffers.Path))
            AgentFiles.CheckGone(folder);
        return new Outcome(count / report.Seconds, [new Figure(Peak, "MB", report.PeakMegabytes), new Figure("peak memory of the servers", "MB", ProcessMemory.Peak(servers.Id))]);
    }
}
