using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Certificates.Trust;
using PandoraSync.Client;
using PandoraSync.Protocol;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Bench;

/// <summary>
/// A client of ours that moves one file: server, file, direction (send or receive); authority for TLS. A small file goes first, so that
/// the memory that grows is that of the transfer and not of a runtime that starts: the first report asks for the start, the second is a <see cref="TransferReport"/>.
/// </summary>
internal static class TransferWork
{
    public const string Word = "transfer";

    /// <summary>The small file, which the server has where it is received.</summary>
    public const string FirstName = "first.data";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public static async Task RunAsync(WorkerArguments given)
    {
        using var patience = new CancellationTokenSource(Limit);
        var tls = given.Find("authority") is { } authority ? new TlsClientOptions(PeerTrust.Create(TrustedAuthorities.FromFile(authority))) : null;
        var options = new TentacleClientOptions(TentacleEndpoint.Parse(given["server"])) { Tls = tls, Timeout = TimeSpan.FromSeconds(60) };
        var sends = string.Equals(given["direction"], "send", StringComparison.Ordinal);
        var path = given["file"];
        using var client = await TentacleClient.ConnectAsync(options, patience.Token);
        if (sends)
            await client.SendAsync(FirstName, new MemoryStream(new byte[100_000]), 100_000, sent: null, patience.Token);
        else
            await client.TakeAsync(TentacleVerb.Recv, FirstName, static _ => new MemoryStream(), received: null, patience.Token);
        await Worker.SayAsync(true);
        await Console.In.ReadLineAsync(patience.Token);

        var self = Environment.ProcessId;
        ProcessMemory.Forget(self);
        var before = ProcessMemory.Now(self);
        var clock = Stopwatch.StartNew();
        if (sends)
            await SendAsync(client, path, patience.Token);
        else
            await ReceiveAsync(client, path, patience.Token);
        var seconds = clock.Elapsed.TotalSeconds;
        await client.QuitAsync(patience.Token);
        await Worker.SayAsync(new TransferReport(seconds, ProcessMemory.Peak(self) - before));
    }

    private static async Task SendAsync(TentacleClient client, string path, CancellationToken stop)
    {
        await using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        await client.SendAsync(Path.GetFileName(path), source, source.Length, sent: null, stop);
    }

    private static async Task ReceiveAsync(TentacleClient client, string path, CancellationToken stop)
    {
        await using var destination = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1);
        if (await client.TakeAsync(TentacleVerb.Recv, Path.GetFileName(path), _ => destination, received: null, stop) is null)
            throw new BenchFailedException("The server does not have the file.");
    }
}
