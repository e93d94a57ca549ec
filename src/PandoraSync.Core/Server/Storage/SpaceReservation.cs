using System;
using System.Net;

namespace PandoraSync.Server.Storage;

/// <summary>What one unfinished file takes of the disk; given back when disposed.</summary>
/// <param name="reserve">Whose room.</param>
/// <param name="client">For whom.</param>
internal sealed class SpaceReservation(DiskReserve reserve, IPAddress client) : IDisposable
{
    /// <summary>For whom.</summary>
    public IPAddress Client { get; } = client;

    /// <summary>Bytes taken so far.</summary>
    public long Bytes { get; set; }

    /// <summary>Of these, bytes that the disk may not have counted yet.</summary>
    public long Unwritten { get; set; }

    /// <summary>Takes room before it is written to.</summary>
    /// <param name="written">Bytes that are written.</param>
    /// <param name="needed">Bytes that will be.</param>
    /// <exception cref="QuotaExceededException">There is none.</exception>
    public void Grow(long written, long needed) => reserve.Grow(this, written, needed);

    /// <inheritdoc/>
    public void Dispose() => reserve.Release(this);
}
