using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;
using PandoraSync.Files;

namespace PandoraSync.Server.Storage;

/// <summary>
/// Keeps a buffer within its limits. Only whole files count, and only for a whole one others are dropped: what is announced or half
/// there keeps no room. Files are counted anew from time to time, since others too may put and take them.
/// </summary>
/// <param name="limits">The limits.</param>
/// <param name="root">The storage directory, for the log.</param>
/// <param name="folders">All folders that count, the storage directory included.</param>
/// <param name="mayDrop">Whether a file is free to be deleted; a name is told.</param>
/// <param name="log">Told what was dropped or refused.</param>
/// <param name="utcNow">The clock.</param>
internal sealed class BufferQuota(BufferLimits limits, string root, IReadOnlyList<string> folders, Func<string, bool> mayDrop, Action<TentacleLogLevel, string> log, Func<DateTime> utcNow)
{
    // Dropping makes a little more room than one file needs, so that a full buffer is not searched for each.
    private const int PartToDrop = 100;

    // Looking through a large buffer takes at most a twentieth of the time.
    private const int RestFactor = 20;
    private static readonly TimeSpan CountAnewAfter = TimeSpan.FromSeconds(30);

    private readonly DateTime _start = utcNow();
    private readonly RefusalNote _note = new(log, $"the buffer '{root}' is at its limit: files are refused until somebody fetches some");
    private TimeSpan _countAgainAt;
    private TimeSpan _restedAt;
    private long _files;
    private long _bytes;
    private DateTime _oldest = DateTime.MaxValue;
    private long _dropped;
    private bool _hasRefused;

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

    /// <summary>Held while files get and lose their names, so that nobody counts in between.</summary>
    public object Gate { get; } = new();

    /// <summary>Files that were deleted to make room for others.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>True if the buffer is at a limit, or has refused a file since one was last taken out of it.</summary>
    public bool IsFull
    {
        get
        {
            lock (Gate)
            {
                if (!limits.CountFiles)
                    return false;
                if (Elapsed() >= _countAgainAt)
                    Count();
                return _hasRefused || IsOver(bytes: 1, files: 1);
            }
        }
    }

    /// <summary>Says whether a file could be kept if it were whole now; takes no room, and drops nothing.</summary>
    /// <param name="bytes">Its length, less that of a file that it replaces.</param>
    /// <param name="files">1, or 0 for one that replaces another.</param>
    public bool HasRoom(long bytes, int files)
    {
        lock (Gate)
            return Note(!HasNoRoom(bytes, files, mayDrop: false));
    }

    /// <summary>Makes room for a whole file, on request by dropping the oldest.</summary>
    /// <returns>False if there is none.</returns>
    /// <inheritdoc cref="HasRoom"/>
    public bool MakeRoom(long bytes, int files)
    {
        lock (Gate)
            return Note(!HasNoRoom(bytes, files, mayDrop: true));
    }

    /// <summary>Notes a file that has got its name.</summary>
    /// <inheritdoc cref="HasRoom"/>
    public void Added(long bytes, int files)
    {
        lock (Gate)
        {
            _files += files;
            _bytes += bytes;
        }
    }

    /// <summary>Notes a file that was taken.</summary>
    public void Removed(long bytes)
    {
        lock (Gate)
        {
            _files--;
            _bytes -= bytes;
            _hasRefused = false;

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

    private bool HasNoRoom(long bytes, int files, bool mayDrop)
    {
        if (!limits.CountFiles)
            return false;
        if (limits.DropOldest && !mayDrop)
            return IsOver(0, 0, bytes, files);
        var isRested = Elapsed() >= _restedAt;
        if (Elapsed() >= _countAgainAt)
            Count();
        if (!IsOver(bytes, files))
            return false;

        // Of a large buffer a file more grows too old every moment; they go a little later, together.
        if (limits.DropOldest && !isRested && !IsOver(_files, _bytes, bytes, files))
            return false;
        if (limits.DropOldest)
            Evict(bytes, files);
        return IsOver(bytes, files);
    }

    private bool IsOver(long bytes, long files) => IsOver(_files, _bytes, bytes, files) || IsOld(_oldest);

    private bool IsOver(long keptFiles, long keptBytes, long bytes, long files) =>
        (limits.MaxBytes > 0 && keptBytes + bytes > limits.MaxBytes)
        || (limits.MaxFiles > 0 && keptFiles + files > limits.MaxFiles);

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
    private void Evict(long bytes, int files)
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
        {
            Interlocked.Add(ref _dropped, dropped);
            log(TentacleLogLevel.Error, $"the buffer is full: the {dropped} oldest files ({droppedBytes} bytes) were deleted to make room");
        }
    }

    /// <summary>Deletes the oldest of what was looked at.</summary>
    /// <returns>False if there may be more to delete.</returns>
    private bool DropOf(BufferCount count, long bytes, int files)
    {
        var wantedBytes = bytes + (limits.MaxBytes / PartToDrop);
        var wantedFiles = files + (limits.MaxFiles / PartToDrop);
        _oldest = DateTime.MaxValue;
        foreach (var file in count.EvictionCandidates)
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

        return count.FreeFiles == count.EvictionCandidates.Count;
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

    private bool Note(bool hasRoom)
    {
        _note.Note(!hasRoom);
        _hasRefused = !hasRoom;
        return hasRoom;
    }
}
