using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.TestSupport;

namespace PandoraSync.Bench;

/// <summary>One large file to and from our server, against programs that only copy. Server and client are processes of their own.</summary>
internal static class BigFileRuns
{
    private const string Flushed = "plain socket copy to a file, flushed at the end";
    private const string Unflushed = "plain socket copy to a file, not flushed";
    private const string OpenSsl = "openssl s_client to s_server, not flushed";
    private const string Send = "send to our server (flushed), plain";
    private const string SendTls = "send to our server (flushed), TLS";
    private const string Receive = "receive from our server, plain";
    private const string ReceiveTls = "receive from our server, TLS";
    private const string ClientGrowth = "growth of the client";
    private const string ServerGrowth = "growth of the server";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static Comparison Compare(Scale scale)
    {
        var megabytes = scale.Pick(64, 1024);
        return new Comparison("big", $"Move one file of {megabytes:#,##0} MB", "MB",
        [
            new Contender(Unflushed, () => CopyRuns.PlainAsync(megabytes, isFlushed: false)),
            new Contender(Flushed, () => CopyRuns.PlainAsync(megabytes, isFlushed: true)),
            new Contender(OpenSsl, () => CopyRuns.OpenSslAsync(megabytes)) { WhyMissing = RealPrograms.OpenSsl.WhyMissing },
            new Contender(Send, () => MoveAsync(megabytes, sends: true, isTls: false)),
            new Contender(Receive, () => MoveAsync(megabytes, sends: false, isTls: false)),
            new Contender(SendTls, () => MoveAsync(megabytes, sends: true, isTls: true)),
            new Contender(ReceiveTls, () => MoveAsync(megabytes, sends: false, isTls: true)),
        ])
        {
            MostRounds = 3,
            Goals =
            [
                Goal.Ratio(Send, Flushed, 0.5),
                Goal.Ratio(Receive, Unflushed, 0.5),
                Goal.Ratio(SendTls, OpenSsl, 0.5),
                Goal.Ratio(ReceiveTls, OpenSsl, 0.5),
                .. new[] { Send, Receive, SendTls, ReceiveTls }.SelectGoals(ClientGrowth, ServerGrowth),
            ],
            Notes = ["Growth is the peak during the transfer less the memory just before it, of each process, after one small file has gone, so that the start of the runtime does not count."],
        };
    }

    private static System.Collections.Generic.IEnumerable<Goal> SelectGoals(this string[] contenders, params string[] figures)
    {
        foreach (var contender in contenders)
        {
            foreach (var figure in figures)
                yield return Goal.Below(contender, figure, 32, "MB");
        }
    }

    private static async Task<Outcome> MoveAsync(int megabytes, bool sends, bool isTls)
    {
        using var serverFolder = new TempFolder();
        using var clientFolder = new TempFolder();
        using var certificates = new TempFolder();
        var (from, to) = sends ? (clientFolder, serverFolder) : (serverFolder, clientFolder);
        BigFile.Make(from[BigFile.Name], megabytes);
        if (!sends)
            from.Write(TransferWork.FirstName, new byte[100_000]);
        var paths = isTls ? BenchCertificates.Write(certificates.Path) : null;
        string[] serverTls = paths is null ? [] : [$"certificate={paths.CertificatePath}", $"key={paths.KeyPath}"];
        string[] clientTls = paths is null ? [] : [$"authority={paths.CaPath}"];
        await using var server = new WorkerProcess(ServerWork.Serve, [$"folder={serverFolder.Path}", "connections=10", .. serverTls]);
        var endpoint = (await server.ReadAsync<ServerReport>(Limit)).Endpoint();
        var direction = sends ? "send" : "receive";
        await using var client = new WorkerProcess(TransferWork.Word, [$"server={endpoint}", $"file={clientFolder[BigFile.Name]}", $"direction={direction}", .. clientTls]);
        await client.ReadAsync<bool>(Limit);
        ProcessMemory.Forget(server.Id);
        var before = ProcessMemory.Now(server.Id);
        await client.ContinueAsync();
        var report = await client.ReadAsync<TransferReport>(Limit);
        var growth = ProcessMemory.Peak(server.Id) - before;
        BigFile.Check(to[BigFile.Name], megabytes);
        return new Outcome(megabytes / report.Seconds, [new Figure(ClientGrowth, "MB", report.GrowthMegabytes), new Figure(ServerGrowth, "MB", growth)]);
    }
}
