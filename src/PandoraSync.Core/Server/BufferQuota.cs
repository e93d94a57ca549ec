using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using PandoraSync.Compat;
using PandoraSync.Files;
using PandoraSync.Protocol;

namespace PandoraSync.Server;

/// <summary>
/// Keeps a buffer within its limits: what is announced is set aside before it is received. Files are counted anew from time to time,
/// since others too may put and take them.
/// </summary>
/// <param name="limits">The limits.</param>
/// <param name="root">The storage directory.</param>
/// <param name="folders">All folders that count, the storage directory included.</param>
/// <param name="mayDrop">Whether a file is free to be deleted; a name is told.</param>
/// <param name="log">Told what was dropped or refused.</param>
/// <param name="utcNow">The clock.</param>
internal sealed class BufferQuota(BufferLimits limits, string root, IReadOnlyList<string> folders, Func<string, bool> mayDrop, Action<TentacleLogLevel, string> log, Func<DateTime> utcNow)
{
    public const string Full = "buffer is full";
    public const string NoSpace = "no space left";

    // Dropping makes a little more room than one file needs, so that a full buffer is not searched for each.
    private const int PartToDrop = 100;
    private const long GrowthBytes = 1024 * 1024;

    // Looking through a large buffer takes at most a twentieth of the time.
    private const int RestFactor = 20;
    private static readonly TimeSpan CountAnewAfter = TimeSpan.FromSeconds(30);

    private readonly object _gate = new();
    private readonly DateTime _start = utcNow();
    private TimeSpan _countAgainAt;
    private TimeSpan _restedAt;
    private long _files;
    private long _bytes;
    private DateTime _oldest = DateTime.MaxValue;
    private long _announcedFiles;
    private long _announcedBytes;
    private long _passingBytes;
    private bool _isRefusing;

    /// <summary>Most files noted to be dropped: enough for a hundredth of five million, in about 15 MB; what is still over then is found by looking again.</summary>
    public int MostDroppedAtOnce { get; init; } = 50_000;

    /// <summary>From so many files on a buffer is large: looking through it takes a while, in which nobody stores or moves.</summary>
    public int ManyFiles { get; init; } = 10_000;

    /// <summary>Time since the start, which nobody sets.</summary>
    public Func<TimeSpan> Elapsed { get; init; } = BeginWatch();

    /// <summary>
    /// The time by which files age: the clock's, but no later than the clock at the start and the time since, so that a clock that is set
    /// forward makes no file old.
    /// </summary>
    private DateTime Now
    {
        get
        {
            var (clock, steady) = (utcNow(), _start + Elapsed());
            return clock < steady ? clock : steady;
        }
    }

    /// <summary>Sets room aside for a file.</summary>
    /// <exception cref="NoRoomException">There is none.</exception>
    public RoomReservation Reserve(long bytes)
    {
        lock (_gate)
        {
            var reason = WhyNoRoom(bytes, files: 1);
            Note(reason);
            if (reason is not null)
                throw new NoRoomException(reason);
            _announcedFiles++;
            _announcedBytes += bytes;
            return new RoomReservation(this, files: 1, bytes);
        }
    }

    /// <summary>Sets disk space aside for what is only there for a while, such as an archive; it does not count as part of the buffer.</summary>
    /// <exception cref="NoRoomException">There is none.</exception>
    public RoomReservation ReservePassing(long bytes)
    {
        lock (_gate)
        {
            if (!HasSpace(bytes))
                throw new NoRoomException(NoSpace);
            _passingBytes += bytes;
            return new RoomReservation(this, files: 0, bytes);
        }
    }

    /// <summary>Sets more room aside for a file that turns out to be longer.</summary>
    /// <param name="reserved">What it has so far.</param>
    /// <param name="bytes">What it needs in all.</param>
    /// <exception cref="NoRoomException">There is none.</exception>
    public void Grow(RoomReservation reserved, long bytes)
    {
        if (bytes <= reserved.Bytes)
            return;
        lock (_gate)
        {
            var more = Math.Max(bytes - reserved.Bytes, limits.MaxBytes > 0 ? 0 : GrowthBytes);
            if (WhyNoRoom(more, files: 0) is { } reason)
                throw new NoRoomException(reason);
            reserved.Bytes += more;
            _announcedBytes += more;
        }
    }

    /// <summary>Gives back what was set aside and not taken.</summary>
    public void Release(RoomReservation reserved)
    {
        lock (_gate)
        {
            if (reserved.IsOver)
                return;
            reserved.IsOver = true;
            _announcedFiles -= reserved.Files;
            if (reserved.Files > 0)
                _announcedBytes -= reserved.Bytes;
            else
                _passingBytes -= reserved.Bytes;
        }
    }

    /// <summary>Has a file take its place. Nobody counts in that moment, so that it is not counted twice.</summary>
    /// <param name="reserved">The room that it takes.</param>
    /// <param name="bytes">Its length.</param>
    /// <param name="take">Takes the place; tells the length of the file that was replaced, -1 if none was, or null if the place is taken.</param>
    /// <returns>False if the place is taken.</returns>
    public bool Store(RoomReservation reserved, long bytes, Func<long?> take)
    {
        lock (_gate)
        {
            if (take() is not { } replaced)
                return false;
            Release(reserved);
            _files += replaced < 0 ? 1 : 0;
            _bytes += bytes - Math.Max(0, replaced);
            return true;
        }
    }

    /// <summary>Notes a file that was taken.</summary>
    public void Removed(long bytes)
    {
        lock (_gate)
        {
            _files--;
            _bytes -= bytes;

            // It may have been the one that was too old.
            if (IsOld(_oldest))
                _countAgainAt = _restedAt;
        }
    }

    private static Func<TimeSpan> BeginWatch()
    {
        var watch = Stopwatch.StartNew();
        return () => watch.Elapsed;
    }

    private bool HasSpace(long bytes) =>
        limits.MinFreeBytes == 0 || FileSystemCalls.FreeBytes(root) is not { } free || free - _announcedBytes - _passingBytes - bytes >= limits.MinFreeBytes;

    private string? WhyNoRoom(long bytes, int files)
    {
        if (!HasSpace(bytes))
            return NoSpace;
        if (!limits.CountFiles)
            return null;
        var isRested = Elapsed() >= _restedAt;
        if (Elapsed() >= _countAgainAt)
            Count();
        if (!IsOver(bytes, files))
            return null;

        // Of a large buffer a file more grows too old every moment; they go a little later, together.
        if (limits.DropOldest && !isRested && !IsOver(_files, _bytes, bytes, files))
            return null;
        if (limits.DropOldest)
            Drop(bytes, files);
        return IsOver(bytes, files) ? Full : null;
    }

    private bool IsOver(long bytes, long files) => IsOver(_files, _bytes, bytes, files) || IsOld(_oldest);

    private bool IsOver(long keptFiles, long keptBytes, long bytes, long files) =>
        (limits.MaxBytes > 0 && keptBytes + _announcedBytes + bytes > limits.MaxBytes)
        || (limits.MaxFiles > 0 && keptFiles + _announcedFiles + files > limits.MaxFiles);

    private bool IsOld(DateTime modified) => limits.MaxAge > TimeSpan.Zero && modified != DateTime.MaxValue && Now - modified > limits.MaxAge;

    private BufferCount Count(int eldest = 0)
    {
        var began = Elapsed();
        var count = BufferCount.Of(folders, mayDrop, eldest);
        _files = count.Files;
        _bytes = count.Bytes;
        _oldest = count.Oldest;

        var now = Elapsed();
        _restedAt = count.Files < ManyFiles ? now : now + TimeSpan.FromTicks((now - began).Ticks * RestFactor);
        _countAgainAt = now + CountAnewAfter > _restedAt ? now + CountAnewAfter : _restedAt;
        return count;
    }

    /// <summary>Deletes the oldest files until there is room; none if that would not make enough.</summary>
    private void Drop(long bytes, int files)
    {
        var (startFiles, startBytes) = (0L, 0L);
        long dropped = 0, droppedBytes = 0;
        bool isDone;
        do
        {
            var count = Count(MostDroppedAtOnce);
            if (IsOver(_files - count.FreeFiles, _bytes - count.FreeBytes, bytes, files))
                break;
            (startFiles, startBytes) = (_files, _bytes);
            isDone = DropOf(count, bytes, files);
            dropped += startFiles - _files;
            droppedBytes += startBytes - _bytes;
        }
        while (!isDone && _files < startFiles);
        if (dropped > 0)
            log(TentacleLogLevel.Error, $"the buffer is full: the {dropped} oldest files ({droppedBytes} bytes) were deleted to make room");
    }

    /// <summary>Deletes the oldest of what was looked at.</summary>
    /// <returns>False if there may be more to delete.</returns>
    private bool DropOf(BufferCount count, long bytes, int files)
    {
        var wantedBytes = bytes + (limits.MaxBytes / PartToDrop);
        var wantedFiles = files + (limits.MaxFiles / PartToDrop);
        _oldest = DateTime.MaxValue;
        foreach (var file in count.Eldest)
        {
            var isEnough = !IsOver(_files, _bytes, wantedBytes, wantedFiles) && !IsOld(file.Modified);
            if (!isEnough && TryDelete(file.Path))
            {
                _files--;
                _bytes -= file.Bytes;
                continue;
            }

            if (_oldest == DateTime.MaxValue)
                _oldest = file.Modified;
            if (isEnough)
                return true;
        }

        return count.FreeFiles == count.Eldest.Count;
    }

    private static bool TryDelete(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            return false;
        }
    }

    /// <summary>Says once when refusing begins and once when it ends, not for every agent that tries.</summary>
    private void Note(string? reason)
    {
        if (reason is not null && !_isRefusing)
            log(TentacleLogLevel.Error, string.Equals(reason, NoSpace, StringComparison.Ordinal) ? $"the disk of '{root}' has less than {limits.MinFreeBytes} bytes free: files are refused until there is room" : $"the buffer '{root}' is at its limit: files are refused until somebody fetches some");
        else if (reason is null && _isRefusing)
            log(TentacleLogLevel.Log, "there is room again: files are taken");
        _isRefusing = reason is not null;
    }
}
