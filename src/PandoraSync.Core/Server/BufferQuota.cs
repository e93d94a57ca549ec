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
    private static readonly TimeSpan CountAnewAfter = TimeSpan.FromSeconds(30);

    private readonly object _gate = new();
    private readonly Stopwatch _sinceStart = Stopwatch.StartNew();
    private readonly DateTime _start = utcNow();
    private TimeSpan _countAgainAt;
    private long _files;
    private long _bytes;
    private DateTime _oldest = DateTime.MaxValue;
    private long _announcedFiles;
    private long _announcedBytes;
    private bool _isRefusing;

    /// <summary>The time by which files age: the clock at the start and the time since, so that a clock that is set anew makes no file old.</summary>
    private DateTime Now => _start + _sinceStart.Elapsed;

    /// <summary>Sets room aside for a file; give it back with <see cref="Release"/> whatever comes of it.</summary>
    /// <returns>Null, or the reason for the client why there is none.</returns>
    public string? Reserve(long bytes)
    {
        lock (_gate)
        {
            var reason = WhyNoRoom(bytes, files: 1);
            Note(reason);
            if (reason is not null)
                return reason;
            _announcedFiles++;
            _announcedBytes += bytes;
            return null;
        }
    }

    /// <summary>Gives back what was set aside.</summary>
    public void Release(long bytes)
    {
        lock (_gate)
        {
            _announcedFiles--;
            _announcedBytes -= bytes;
        }
    }

    /// <summary>Asks once more for a file whose size is only known now, an unpacked one.</summary>
    /// <param name="announced">Bytes that were set aside for it.</param>
    /// <param name="bytes">Bytes that it has.</param>
    public string? Check(long announced, long bytes)
    {
        lock (_gate)
            return bytes <= announced ? null : WhyNoRoom(bytes - announced, files: 0);
    }

    /// <summary>Notes a stored file.</summary>
    public void Stored(long bytes) => Add(1, bytes);

    /// <summary>Notes a file that was taken.</summary>
    public void Removed(long bytes) => Add(-1, -bytes);

    private void Add(int files, long bytes)
    {
        lock (_gate)
        {
            _files += files;
            _bytes += bytes;
        }
    }

    private string? WhyNoRoom(long bytes, int files)
    {
        if (limits.MinFreeBytes > 0 && FileSystemCalls.FreeBytes(root) is { } free && free - _announcedBytes - bytes < limits.MinFreeBytes)
            return NoSpace;
        if (!limits.CountFiles)
            return null;
        if (_sinceStart.Elapsed >= _countAgainAt)
            Count(Entries());
        if (!IsOver(bytes, files))
            return null;
        if (limits.DropOldest)
            Drop(bytes, files);
        return IsOver(bytes, files) ? Full : null;
    }

    private bool IsOver(long bytes, long files) =>
        (limits.MaxBytes > 0 && _bytes + _announcedBytes + bytes > limits.MaxBytes)
        || (limits.MaxFiles > 0 && _files + _announcedFiles + files > limits.MaxFiles)
        || IsOld(_oldest);

    private bool IsOld(DateTime modified) => limits.MaxAge > TimeSpan.Zero && modified != DateTime.MaxValue && Now - modified > limits.MaxAge;

    private void Count(IReadOnlyCollection<Entry> entries)
    {
        _files = entries.Count;
        _bytes = entries.Sum(e => e.Bytes);
        _oldest = entries.Select(e => e.Modified).DefaultIfEmpty(DateTime.MaxValue).Min();
    }

    /// <summary>Deletes the oldest files until there is room.</summary>
    private void Drop(long bytes, int files)
    {
        var entries = Entries();
        Count(entries);
        var wantedBytes = bytes + (limits.MaxBytes / PartToDrop);
        var wantedFiles = files + limits.MaxFiles / PartToDrop;
        long dropped = 0, droppedBytes = 0;
        foreach (var entry in entries.OrderBy(e => e.Modified).ThenBy(e => e.Path, StringComparer.Ordinal))
        {
            _oldest = entry.Modified;
            if (!IsOver(wantedBytes, wantedFiles))
                break;
            _oldest = DateTime.MaxValue;
            if (!mayDrop(Path.GetFileName(entry.Path)) || !TryDelete(entry.Path))
                continue;
            dropped++;
            droppedBytes += entry.Bytes;
            _files--;
            _bytes -= entry.Bytes;
        }

        if (dropped > 0)
            log(TentacleLogLevel.Error, $"the buffer is full: the {dropped} oldest files ({droppedBytes} bytes) were deleted to make room");
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

    private List<Entry> Entries()
    {
        var began = _sinceStart.Elapsed;
        var entries = new List<Entry>();
        foreach (var file in folders.Where(Directory.Exists).SelectMany(folder => new DirectoryInfo(folder).EnumerateFiles()))
        {
            try
            {
                if (FileSystemCalls.KindOf(file.FullName) == EntryKind.File)
                    entries.Add(new Entry(file.FullName, file.Length, file.LastWriteTimeUtc));
            }
            catch (Exception e) when (LocalFileError.IsFileError(e))
            {
                // It has just been taken.
            }
        }

        // A buffer of a million files takes a while to look through, and is not looked through all the time.
        var took = _sinceStart.Elapsed - began;
        _countAgainAt = _sinceStart.Elapsed + TimeSpan.FromTicks(Math.Max(CountAnewAfter.Ticks, took.Ticks * 20));
        return entries;
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

    private sealed record Entry(string Path, long Bytes, DateTime Modified);
}
