using System.Collections.Generic;
using System.Linq;
using PandoraSync.Server;

namespace PandoraSync.Cmdlets.Servers;

/// <summary>The Tentacle servers that run in this process, by number.</summary>
internal static class ServerRegistry
{
    private static readonly object Gate = new();
    private static readonly SortedDictionary<int, RunningServer> Servers = [];
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
            return Servers[id] = new RunningServer(id, server, log);
        }
    }

    public static void Remove(RunningServer server)
    {
        lock (Gate)
            Servers.Remove(server.Id);
    }
}
