using System;
using System.Collections.Generic;
using System.Net;
using PandoraSync.Native;
using PandoraSync.Protocol;

namespace PandoraSync.Server.Storage;

/// <summary>
/// Keeps a part of the disk free. Space is taken as bytes arrive, not when they are announced, and what a client has unfinished takes no
/// more of the disk than it leaves to others, so that neither announcements nor files that never end keep others out.
/// </summary>
/// <param name="folder">A folder of the disk.</param>
/// <param name="minFreeBytes">Bytes that stay free, and for each 16 KB of them an inode; 0 for none.</param>
/// <param name="log">Told when refusing begins and ends.</param>
internal sealed class DiskReserve(string folder, long minFreeBytes, Action<TentacleLogLevel, string> log)
{

    // Also covers what a file takes beyond its bytes: its last block and its entry in the folder.
    private const long StepBytes = 16 * 1024;

    // Whoever is so near to a full disk shares nothing any more. Files of the usual size need not leave as much again free.
    private const long LeastShareBytes = TentacleLimits.DefaultMaxFileBytes;

    // ext4's ratio; of a disk with few inodes a tenth is enough.
    private const long BytesPerInode = 16 * 1024;
    private const long InodesPerReserved = 10;

    private readonly object _gate = new();
    private readonly Dictionary<IPAddress, long> _taken = [];
    private readonly RefusalNote _note = new(log, $"the disk of '{folder}' has less than {minFreeBytes} bytes (or an inode for each {BytesPerInode} of them) free: files are refused until there is room");
    private long _unwritten;

    /// <summary>Looks whether a file of so many bytes could be made now; takes nothing.</summary>
    /// <exception cref="QuotaExceededException">It could not.</exception>
    public void Require(IPAddress client, long bytes)
    {
        lock (_gate)
        {
            RequireInode();
            RequireBytes(client, bytes);
            _note.Note(isRefusing: false);
        }
    }

    /// <summary>True if not even an empty file could be made now.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
                return minFreeBytes > 0 && (HasNoInode || FileSystemCalls.FreeBytes(folder) - minFreeBytes - _unwritten < 0);
        }
    }

    /// <summary>Begins a file, which takes its room as it grows.</summary>
    public SpaceReservation Begin(IPAddress client) => new(this, client);

    /// <summary>Takes room before it is written to.</summary>
    /// <param name="room">What the file has so far.</param>
    /// <param name="written">Bytes that are written.</param>
    /// <param name="needed">Bytes that will be.</param>
    /// <exception cref="QuotaExceededException">There is none.</exception>
    public void Grow(SpaceReservation room, long written, long needed)
    {
        if (needed <= room.Bytes)
            return;
        lock (_gate)
        {
            // What is written the disk itself has counted by now.
            var unwritten = Math.Max(0, room.Bytes - written);
            _unwritten += unwritten - room.Unwritten;
            room.Unwritten = unwritten;
            var more = ((needed + StepBytes - 1) / StepBytes * StepBytes) - room.Bytes;
            RequireBytes(room.Client, more);
            _taken[room.Client] = TakenBy(room.Client) + more;
            _unwritten += more;
            room.Unwritten += more;
            room.Bytes += more;
        }
    }

    /// <summary>Ends a file that is whole, or deleted.</summary>
    public void Release(SpaceReservation room)
    {
        lock (_gate)
        {
            _unwritten -= room.Unwritten;
            var left = TakenBy(room.Client) - room.Bytes;
            if (left > 0)
                _taken[room.Client] = left;
            else
                _taken.Remove(room.Client);
            room.Bytes = room.Unwritten = 0;
        }
    }

    private long TakenBy(IPAddress client) => _taken.TryGetValue(client, out var bytes) ? bytes : 0;

    private void RequireBytes(IPAddress client, long more)
    {
        if (FileSystemCalls.FreeBytes(folder) is not { } free)
            return;
        var left = free - minFreeBytes - _unwritten - more;
        if (minFreeBytes > 0 && left < 0)
            throw Refuse();
        if (TakenBy(client) + more > Math.Max(left, LeastShareBytes))
            throw new QuotaExceededException(RefusalReasons.NoSpace);
    }

    private bool HasNoInode => FileSystemCalls.Inodes(folder) is var (free, all) && free <= Math.Min(minFreeBytes / BytesPerInode, all / InodesPerReserved);

    private void RequireInode()
    {
        if (minFreeBytes > 0 && HasNoInode)
            throw Refuse();
    }

    private QuotaExceededException Refuse()
    {
        _note.Note(isRefusing: true);
        return new QuotaExceededException(RefusalReasons.NoSpace);
    }
}
