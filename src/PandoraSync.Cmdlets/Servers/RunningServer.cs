using System;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Server;

namespace PandoraSync.Cmdlets.Servers;

/// <summary>A Tentacle server in this process. Its numbers are those of the moment at which they are read.</summary>
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

    /// <summary>Running, Full or Stopped. A full one refuses what comes, or with -DropOldest deletes the oldest files for it.</summary>
    public string State => !_server.IsRunning ? "Stopped" : _server.IsFull ? "Full" : "Running";

    /// <summary>The storage directory.</summary>
    public string Path => _server.Options.Directory;

    /// <summary>Where it listens: <c>address:port</c>.</summary>
    public TextList Endpoints => new(_server.Endpoints.Select(e => e.ToString()));

    /// <summary>The port, the one that the system chose if it was left to it.</summary>
    public int Port => _server.Endpoints[0].Port;

    /// <summary>When it was started, local time.</summary>
    public DateTime StartTime { get; } = DateTime.Now;

    /// <summary>Connections being served.</summary>
    public int Connections => _server.Counters.Connections;

    /// <summary>Connections accepted since the start.</summary>
    public long TotalConnections => _server.Counters.TotalConnections;

    /// <summary>Files stored since the start.</summary>
    public long FilesReceived => _server.Counters.FilesReceived;

    /// <summary>Files sent to clients since the start, copies included.</summary>
    public long FilesGiven => _server.Counters.FilesGiven;

    /// <summary>Files sent to clients and deleted since the start.</summary>
    public long FilesMoved => _server.Counters.FilesMoved;

    /// <summary>Bytes received since the start, protocol lines included.</summary>
    public long BytesReceived => _server.Counters.BytesReceived;

    /// <summary>Bytes sent since the start, protocol lines included.</summary>
    public long BytesSent => _server.Counters.BytesSent;

    /// <summary>Connections that ended in an error since the start.</summary>
    public long Errors => _server.Counters.Errors;

    /// <summary>Files that clients offered since the start and that were refused, whatever the reason; their agents keep them.</summary>
    public long Refused => _server.Counters.Refused;

    /// <summary>Files that were deleted since the start to make room for others (-DropOldest).</summary>
    public long Dropped => _server.Counters.Dropped;

    /// <summary>Whether clients must give a password.</summary>
    public bool HasPassword => _server.Options.Password is not null;

    /// <summary>Whether it speaks TLS.</summary>
    public bool UsesTls => _server.Options.Tls is not null;

    /// <summary>Whether clients may list and move files, which a buffer needs to be drained.</summary>
    public bool AllowsListing => _server.Options.AllowListing;

    /// <summary>The server that every conversation is passed on to: <c>host:port</c>; null if this is no relay.</summary>
    public string? RelayTo => _server.Options.Relay?.Endpoint.ToString();

    /// <summary>Largest file in bytes.</summary>
    public long MaxFileSize => _server.Options.MaxFileBytes;

    /// <summary>Connections served at once.</summary>
    public int MaxConnections => _server.Options.MaxConnections;

    /// <summary>Most bytes that the buffer keeps; 0 for no limit.</summary>
    public long MaxBufferSize => _server.Options.Limits.MaxBytes;

    /// <summary>Most files that the buffer keeps; 0 for no limit.</summary>
    public long MaxBufferFiles => _server.Options.Limits.MaxFiles;

    /// <summary>Longest time in seconds that a file waits in the buffer; 0 for no limit.</summary>
    public double MaxBufferAgeSec => _server.Options.Limits.MaxAge.TotalSeconds;

    /// <inheritdoc/>
    public override string ToString() => $"{Path} on port {Port}";

    internal async Task StopAsync()
    {
        await _server.StopAsync().ConfigureAwait(false);
        _log?.Dispose();
    }
}
