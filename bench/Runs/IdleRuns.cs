using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.TestSupport;

namespace PandoraSync.Bench;

/// <summary>A continuous run over sites in which nothing comes. Servers and sync server are processes of their own.</summary>
internal static class IdleRuns
{
    private const string Processor = "processor time of an hour";
    private const string Resumed = "TLS sessions gone on with";
    private const string Connections = "connections a call of a site";
    private const int WarmUpCalls = 2000;
    private const int FewestMeant = 100;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static Comparison Compare(Scale scale)
    {
        var (few, many) = (scale.Pick(10, 200), scale.Pick(20, 1000));
        var fast = FormattableString.Invariant($"{few:#,##0} sites over TLS");
        var contenders = new List<Contender>
        {
            new(FormattableString.Invariant($"{few:#,##0} sites, plain"), () => RunAsync(few, isSecure: false, speed: 60, minutes: scale.Pick(3, 20))),
            new(fast, () => RunAsync(few, isSecure: true, speed: 60, minutes: scale.Pick(3, 20))),
            new(FormattableString.Invariant($"{many:#,##0} sites over TLS"), () => RunAsync(many, isSecure: true, speed: scale.Pick(60, 10), minutes: scale.Pick(3, 5))),
        };
        if (!scale.IsShort)
            contenders.Add(new Contender(fast + ", in real time", () => RunAsync(few, isSecure: true, speed: 1, minutes: 2)));
        return new Comparison("idle", "Call sites with nothing in them every 60 s: calls in a second of the sync server's processor time", "calls", contenders)
        {
            MostRounds = 1,
            Goals = [Goal.Below(fast, Connections, 1.01, string.Empty), Goal.AtLeast(fast, Resumed, 99.9, "%")],
            Notes =
            [
                "The run goes by a clock that is 60 times as fast (10 times with 1,000 sites) and has all that a service has: rounds, looks at its files, journal and status. What is measured begins after 2,000 calls, each site twice at least, when code has been compiled. As the unit of the service does, the sync server keeps TLS sessions of more than 500 sites (`DOTNET_SYSTEM_NET_SECURITY_TLSCACHESIZE`). The row in real time shows that a clock that runs fast changes little: fewer calls come one after the other there, and each finds colder caches.",
                "Before each server stands a relay that counts connections and reads in the server's first message whether it goes on with a session of before (TLS 1.3).",
            ],
        };
    }

    private static async Task<Outcome> RunAsync(int sites, bool isSecure, int speed, int minutes)
    {
        using var buffers = new TempFolder();
        using var incoming = new TempFolder();
        using var settings = new TempFolder();
        var certificates = isSecure ? BenchCertificates.Write(settings.Path) : null;
        await using var servers = new WorkerProcess(ServerWork.ServeEmpty, [$"folder={buffers.Path}", FormattableString.Invariant($"sites={sites}"), .. isSecure ? [$"certificate={certificates!.CertificatePath}", $"key={certificates.KeyPath}"] : Array.Empty<string>()]);
        var list = settings.Write("sites", string.Join('\n', (await servers.ReadAsync<ServerReport>(Limit)).Endpoints));
        await using var sync = new WorkerProcess(IdleWork.Word, [$"incoming={incoming.Path}", $"sites={list}", FormattableString.Invariant($"speed={speed}"), FormattableString.Invariant($"minutes={minutes}"), FormattableString.Invariant($"warm={(sites < FewestMeant ? 0 : WarmUpCalls)}"), .. isSecure ? [$"authority={certificates!.CaPath}"] : Array.Empty<string>()]);
        await sync.ReadAsync<bool>(Limit);
        var before = await CountAsync(servers);
        await sync.ContinueAsync();
        using var watched = new CancellationTokenSource();
        var watching = MostSocketsAsync(sync.Id, watched.Token);
        var report = await sync.ReadAsync<IdleReport>(Limit);
        var after = await CountAsync(servers);
        await watched.CancelAsync();
        if (report.Failure is { } failure)
            throw new BenchFailedException(failure);
        var connections = after.Connections - before.Connections;
        Figure[] figures =
        [
            new(Processor, "s", report.ProcessorSeconds / report.Hours),
            new(Connections, string.Empty, connections / (double)report.Turns),
            new("memory of the sync server", "MB", ProcessMemory.Now(sync.Id)),
            new("peak memory of the sync server", "MB", ProcessMemory.Peak(sync.Id)),
            new("connections at the same time, at most", string.Empty, await watching),
        ];
        return new Outcome(report.Turns / report.ProcessorSeconds, isSecure ? [.. figures, new Figure(Resumed, "%", 100.0 * (after.Resumed - before.Resumed) / connections)] : figures);
    }

    private static async Task<ServerReport> CountAsync(WorkerProcess servers)
    {
        await servers.ContinueAsync();
        return await servers.ReadAsync<ServerReport>(Limit);
    }

    private static async Task<int> MostSocketsAsync(int process, CancellationToken stop)
    {
        var most = 0;
        while (!stop.IsCancellationRequested)
        {
            most = Math.Max(most, ProcessMemory.Sockets(process));
            await Task.Delay(20, CancellationToken.None);
        }

        return most;
    }
}
