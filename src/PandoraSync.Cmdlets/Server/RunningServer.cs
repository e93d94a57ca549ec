using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Server;

namespace PandoraSync.Cmdlets.Server;

/// <summary>A Tentacle server in this process.</summary>
public sealed class RunningServer
{
    private readonly TentacleServer _server;
    private readonly LogFile? _log;

    internal RunningServer(int id, TentacleServer server, LogFile? log)
    {
        _log = log;
        Id = id;
        _server = server;
    }

    /// <summary>The number to call it by.</summary>
    public int Id { get; }

    /// <summary>The storage directory.</summary>
    public string Path => _server.Options.Directory;

    /// <summary>Where it listens.</summary>
    public IReadOnlyList<TentacleEndpoint> Endpoints => _server.Endpoints;

    /// <summary>The port, the one that the system chose if it was left to it.</summary>
    public int Port => _server.Endpoints[0].Port;

    /// <summary>Running or Stopped.</summary>
    public string State => _server.IsRunning ? "Running" : "Stopped";

    /// <summary>When it was started, local time.</summary>
    public DateTime StartTime { get; } = DateTime.Now;

    /// <summary>What it has done so far.</summary>
    public ServerCounters Counters => _server.Counters;

    /// <summary>How it behaves.</summary>
    public TentacleServerOptions Options => _server.Options;

    /// <inheritdoc/>
    public override string ToString() => $"{Path} on port {Port}";

    internal async Task StopAsync()
    {
        await _server.StopAsync().ConfigureAwait(false);
        _log?.Dispose();
    }
}
