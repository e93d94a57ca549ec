using System;
using PandoraSync.Protocol;

namespace PandoraSync.Sync.Staging;

/// <summary>The room that one transfer has claimed, as soon as it needed some, and not filled yet; given back when disposed.</summary>
internal sealed class SpaceClaim(SiteSpace room) : IDisposable
{
    // What all transfers of a run write between two looks is to be less than the reserve.
    private const int BytesBetweenChecks = 64 * 1024;

    private long _left;
    private int _unchecked;

    /// <summary>Claims room for a file.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.DiskFull"/>: there is too little.</exception>
    public void Claim(long bytes)
    {
        room.Take(bytes);
        _left += bytes;
    }

    /// <summary>Counts a piece that has come.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.DiskFull"/>: the disk's reserve is used up, and more is to come.</exception>
    public void Fill(int bytes)
    {
        var filled = Math.Min(bytes, _left);
        _left -= filled;
        room.Release(filled);
        _unchecked += bytes;
        if (_left == 0 || _unchecked < BytesBetweenChecks)
            return;
        _unchecked = 0;
        room.Check();
    }

    public void Dispose()
    {
        room.Release(_left);
        _left = 0;
    }
}
