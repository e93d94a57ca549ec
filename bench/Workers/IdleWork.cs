using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Certificates.Trust;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.Sync.Continuous;
using PandoraSync.Sync.Journal;
using PandoraSync.TestSupport;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Bench;

/// <summary>
/// A continuous run in a process of its own, a round every 60 s by a clock that may run fast: incoming, sites (a file that names them), speed, minutes, warm (calls before that); authority
/// for TLS. Says when every site has been called twice and code has been compiled, goes on when it is told to, and reports an <see cref="IdleReport"/> of the minutes after that.
/// </summary>
internal static class IdleWork
{
    public const string Word = "idle";
    private const double WarmUpSpeed = 60;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static async Task RunAsync(WorkerArguments given)
    {
        // As the unit of the service has it.
        AppContext.SetData("System.Net.Security.TlsCacheSize", "20000");
        using var patience = new CancellationTokenSource(Limit);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(patience.Token);
        var tls = given.Find("authority") is { } authority ? new TlsClientOptions(PeerTrust.Create(TrustedAuthorities.FromFile(authority))) : null;
        var clock = new HurriedClock { Speed = WarmUpSpeed };
        var sites = (await File.ReadAllLinesAsync(given["sites"], patience.Token)).Select(s => new SyncSite(new TentacleClientOptions(TentacleEndpoint.Parse(s)) { Tls = tls })).ToArray();
        var plan = new FixedPlan(new SyncPlan(sites, new SyncOptions(given["incoming"]) { Journal = new JournalLimits() }));
        long turns = 0;
        string? failure = null;
        var sync = new ContinuousSync(plan, new ContinuousOptions
        {
            Clock = clock,
            Completed = result =>
            {
                failure ??= result.Error?.Message;
                Interlocked.Increment(ref turns);
            },
        });
        var run = Task.Run(() => sync.RunAsync(end.Token), CancellationToken.None);

        // Code has to be loaded and compiled once, and sessions have to be made.
        var first = given.Number("warm");
        await Eventually.BecomesTrue(() => Interlocked.Read(ref turns) >= Math.Max(first, 2 * sites.Length), "every site is called twice", Limit);
        await Worker.SayAsync(true);
        await Console.In.ReadLineAsync(patience.Token);
        clock.Speed = given.Number("speed");

        using var self = Process.GetCurrentProcess();
        var (before, processor, start) = (Interlocked.Read(ref turns), self.TotalProcessorTime, clock.Elapsed);
        await clock.DelayAsync(TimeSpan.FromMinutes(given.Number("minutes")), patience.Token);
        self.Refresh();
        var report = new IdleReport((clock.Elapsed - start).TotalHours, Interlocked.Read(ref turns) - before, (self.TotalProcessorTime - processor).TotalSeconds, failure);
        await Worker.SayAsync(report);
        await Worker.EndOfInputAsync();
        await end.CancelAsync();
        await run;
    }

    private sealed class FixedPlan(SyncPlan plan) : ISyncPlanSource
    {
        public IReadOnlyCollection<string> Files => [];

        public SyncPlan Read() => plan;
    }
}
