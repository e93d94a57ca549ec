using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Protocol;
using PandoraSync.TestSupport;
using PandoraSync.Transport;

namespace PandoraSync.Bench;

/// <summary>Thousands of agents connected to one server, which is a process of its own.</summary>
internal static class CrowdRuns
{
    private const string Busy = "all connect, then each sends one file";
    private const string Idle = "all connect, ask once and stay";
    private const string Peak = "peak memory of the server";
    private const string Each = "memory of the server a connection";
    private const double KilobytesInMegabyte = 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public static Comparison Compare(Scale scale)
    {
        var agents = scale.Pick(500, 5000);
        return new Comparison("crowd", $"{agents:#,##0} agents connected at the same time", "agents",
        [
            new Contender(Busy, () => SendAsync(agents)),
            new Contender(Idle, () => WaitAsync(agents)),
        ])
        {
            MostRounds = 3,
            Goals = [Goal.Below(Busy, Peak, 200, "MB"), Goal.Below(Idle, Each, 20, "KB")],
            Notes = ["Every agent is served: all files are there in the end. The memory of a connection is what the server's process has grown by, divided by the connections, after a hundred others have come and gone."],
        };
    }

    private static async Task<Outcome> SendAsync(int agents)
    {
        var files = AgentData.MakeMany(agents);
        using var folder = new TempFolder();
        await using var server = Start(folder, agents);
        using var patience = new CancellationTokenSource(Limit);
        var options = new TentacleClientOptions((await server.ReadAsync<ServerReport>(Limit)).Endpoint()) { Timeout = TimeSpan.FromMinutes(1) };
        var clients = new List<TentacleClient>();
        try
        {
            var clock = Stopwatch.StartNew();
            clients.AddRange(await Task.WhenAll(files.Select(_ => ConnectAsync(options, patience.Token))));
            await Task.WhenAll(clients.Select((c, i) => SendAsync(c, files[i], patience.Token)));
            var seconds = clock.Elapsed.TotalSeconds;
            AgentFiles.Check(folder.Path, files);
            return new Outcome(agents / seconds, [new Figure(Peak, "MB", ProcessMemory.Peak(server.Id))]);
        }
        finally
        {
            foreach (var client in clients)
                client.Dispose();
        }
    }

    private static async Task<TentacleClient> ConnectAsync(TentacleClientOptions options, CancellationToken stop)
    {
        var client = await TentacleClient.ConnectAsync(options, stop);

        // The system takes connections for a server that is not there yet; an answer shows that it is.
        await client.ProbeAsync(stop);
        return client;
    }

    private static async Task SendAsync(TentacleClient client, AgentData file, CancellationToken stop)
    {
        await client.SendAsync(file.Name, new MemoryStream(file.Content), file.Content.Length, sent: null, stop);
        await client.QuitAsync(stop);
    }

    private static async Task<Outcome> WaitAsync(int agents)
    {
        using var folder = new TempFolder();
        await using var server = Start(folder, agents);
        using var patience = new CancellationTokenSource(Limit);
        var endpoint = (await server.ReadAsync<ServerReport>(Limit)).Endpoint();
        var listening = ProcessMemory.Sockets(server.Id);
        CloseAll(await OpenAsync(endpoint, 100, patience.Token));
        await Eventually.BecomesTrue(() => ProcessMemory.Sockets(server.Id) <= listening, "the server has closed the first connections");
        var before = ProcessMemory.Now(server.Id);
        var clock = Stopwatch.StartNew();
        var sockets = await OpenAsync(endpoint, agents, patience.Token);
        var seconds = clock.Elapsed.TotalSeconds;
        var growth = (ProcessMemory.Now(server.Id) - before) * KilobytesInMegabyte;
        var peak = ProcessMemory.Peak(server.Id);
        CloseAll(sockets);
        return new Outcome(agents / seconds, [new Figure(Each, "KB", growth / agents), new Figure(Peak, "MB", peak)]);
    }

    private static Task<Socket[]> OpenAsync(TentacleEndpoint server, int count, CancellationToken stop)
    {
        var target = new IPEndPoint(IPAddress.Parse(server.Host), server.Port);
        return Task.WhenAll(Enumerable.Range(0, count).Select(_ => AskOnceAsync(target, stop)));
    }

    private static async Task<Socket> AskOnceAsync(IPEndPoint target, CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(target, stop);
        await socket.SendAsync(Encoding.ASCII.GetBytes("RECV <nothing.data>\n"), SocketFlags.None, stop);
        var answer = new byte[64];
        var count = await socket.ReceiveAsync(answer, SocketFlags.None, stop);
        return Encoding.ASCII.GetString(answer, 0, count).StartsWith("RECV ERR", StringComparison.Ordinal)
            ? socket
            : throw new BenchFailedException($"The server answered '{Encoding.ASCII.GetString(answer, 0, count)}'.");
    }

    private static void CloseAll(Socket[] sockets)
    {
        foreach (var socket in sockets)
            socket.Dispose();
    }

    private static WorkerProcess Start(TempFolder folder, int agents) =>
        new(ServerWork.Serve, $"folder={folder.Path}", FormattableString.Invariant($"connections={agents * 6 / 5}"));
}
