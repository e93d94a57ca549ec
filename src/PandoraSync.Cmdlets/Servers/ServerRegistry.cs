using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Server;

namespace PandoraSync.Cmdlets.Servers;

/// <summary>The Tentacle servers that run in this process, by number.</summary>
internal static class ServerRegistry
{
    private static readonly object Gate = new();
    private static readonly SortedDictionary<int, RunningServer> Servers = [];
    private static readonly ConditionalWeakTable<RunningServer, Runspace> StartedIn = new();
    private static int _lastId;

    public static IReadOnlyList<RunningServer> All
    {
        get
        {
            lock (Gate)
                return Servers.Values.ToArray();
        }
    }

    public static RunningServer Add(TentacleServer server, LogFile? log)
    {
        lock (Gate)
        {
            var id = ++_lastId;
            var running = Servers[id] = new RunningServer(id, server, log);
            if (Runspace.DefaultRunspace is { } runspace)
                StartedIn.Add(running, runspace);
            return running;
        }
    }

    /// <summary>Stops what a runspace has started; other runspaces of the process keep theirs.</summary>
    public static void StopOf(Runspace? runspace)
    {
        foreach (var server in All.Where(s => StartedIn.TryGetValue(s, out var own) && own == runspace))
        {
            // On another thread: what waits for this one would wait for ever.
            Task.Run(server.StopAsync).GetAwaiter().GetResult();
            Remove(server);
        }
    }

    public static TentacleException NotFound(int id) =>
        new(TentacleErrorKind.NotFound, $"No Tentacle server with the number {id} runs in this process: see Get-TentacleServer for those that do.");

    public static void Remove(RunningServer server)
    {
        lock (Gate)
            Servers.Remove(server.Id);
    }
}
