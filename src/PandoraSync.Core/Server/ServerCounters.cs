namespace PandoraSync.Server;

/// <summary>What a server has done since it started.</summary>
/// <param name="Connections">Connections being served.</param>
/// <param name="TotalConnections">Connections accepted.</param>
/// <param name="FilesReceived">Files stored.</param>
/// <param name="FilesGiven">Files sent to clients, copies included.</param>
/// <param name="FilesMoved">Files sent to clients and deleted.</param>
/// <param name="BytesReceived">Bytes received, protocol lines included.</param>
/// <param name="BytesSent">Bytes sent, protocol lines included.</param>
/// <param name="Errors">Connections that ended in an error.</param>
/// <param name="Refused">Files that clients offered and that were refused, whatever the reason.</param>
/// <param name="Dropped">Files that were deleted to make room for others (<see cref="Storage.BufferLimits.DropOldest"/>).</param>
internal sealed record ServerCounters(
    int Connections,
    long TotalConnections,
    long FilesReceived,
    long FilesGiven,
    long FilesMoved,
    long BytesReceived,
    long BytesSent,
    long Errors,
    long Refused,
    long Dropped);
