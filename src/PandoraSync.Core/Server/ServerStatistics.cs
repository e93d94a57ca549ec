using System.Threading;

namespace PandoraSync.Server;

/// <summary>The running numbers behind <see cref="ServerCounters"/>.</summary>
internal sealed class ServerStatistics
{
    private int _connections;
    private long _totalConnections;
    private long _filesReceived;
    private long _filesGiven;
    private long _filesMoved;
    private long _bytesReceived;
    private long _bytesSent;
    private long _errors;
    private long _refused;

    /// <summary>Clients connected at the moment.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public void Connected()
    {
        Interlocked.Increment(ref _connections);
        Interlocked.Increment(ref _totalConnections);
    }

    public void Disconnected(long bytesReceived, long bytesSent)
    {
        Interlocked.Decrement(ref _connections);
        Interlocked.Add(ref _bytesReceived, bytesReceived);
        Interlocked.Add(ref _bytesSent, bytesSent);
    }

    public void Received() => Interlocked.Increment(ref _filesReceived);

    public void Given() => Interlocked.Increment(ref _filesGiven);

    public void Moved() => Interlocked.Increment(ref _filesMoved);

    public void Failed() => Interlocked.Increment(ref _errors);

    public void Refused() => Interlocked.Increment(ref _refused);

    /// <summary>The numbers as they are now.</summary>
    /// <param name="dropped">Files that the buffer has dropped.</param>
    public ServerCounters Read(long dropped) => new(
        Connections,
        Interlocked.Read(ref _totalConnections),
        Interlocked.Read(ref _filesReceived),
        Interlocked.Read(ref _filesGiven),
        Interlocked.Read(ref _filesMoved),
        Interlocked.Read(ref _bytesReceived),
        Interlocked.Read(ref _bytesSent),
        Interlocked.Read(ref _errors),
        Interlocked.Read(ref _refused),
        dropped);
}
