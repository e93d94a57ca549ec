using System;

namespace PandoraSync.Server;

/// <summary>Room set aside in a buffer; given back when disposed, unless a file has taken it.</summary>
/// <param name="quota">Whose room.</param>
/// <param name="files">Files that will stay: 1, or 0 for what is only there for a while.</param>
/// <param name="bytes">Bytes.</param>
internal sealed class RoomReservation(BufferQuota quota, int files, long bytes) : IDisposable
{
    /// <summary>Files that will stay.</summary>
    public int Files { get; } = files;

    /// <summary>Bytes set aside so far.</summary>
    public long Bytes { get; set; } = bytes;

    /// <summary>True once it is given back or taken.</summary>
    public bool IsOver { get; set; }

    /// <inheritdoc/>
    public void Dispose() => quota.Release(this);
}
