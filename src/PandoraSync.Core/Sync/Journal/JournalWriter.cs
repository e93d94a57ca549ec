using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using PandoraSync.Files;
using PandoraSync.Native;
using PandoraSync.Protocol;

namespace PandoraSync.Sync.Journal;

/// <summary>
/// Appends lines to the newest file of a journal, begins another one when it is large or a day old, and deletes the oldest. Lines that cannot be
/// written wait, up to a thousand.
/// </summary>
/// <param name="folder">Where the files are.</param>
/// <param name="limits">How much they keep.</param>
/// <param name="utcNow">The time of day.</param>
internal sealed class JournalWriter(string folder, JournalLimits limits, Func<DateTime> utcNow)
{
    private const int MostWaiting = 1000;
    private const int Parts = 16;

    // On a disk that is nearly full: what stays free there is for others.
    private const long MostBytesOnFullDisk = 1024 * 1024;

    private readonly Queue<string> _waiting = new();
    private FileStream? _file;
    private DateTime _day;
    private long _leftOut;

    /// <summary>Adds lines; they are written by <see cref="Flush"/>.</summary>
    public void Add(IEnumerable<string> lines)
    {
        foreach (var line in lines)
            _waiting.Enqueue(line);
        for (; _waiting.Count > MostWaiting && _file is null; _leftOut++)
            _waiting.Dequeue();
    }

    /// <summary>Writes what waits, opening the newest file where that is not done yet.</summary>
    /// <exception cref="IOException">It cannot be written; it waits.</exception>
    public void Flush()
    {
        if (_waiting.Count == 0)
            return;
        try
        {
            _file ??= Open();
            if (_file.Length >= limits.MaxBytes / Parts || _day != utcNow().Date)
                BeginNext();
            var lines = _leftOut == 0 ? _waiting : Enumerable.Concat([new JsonText().Add("time", utcNow()).Add("leftOut", _leftOut).ToString()], _waiting);
            var bytes = Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n")));
            _file!.Write(bytes, 0, bytes.Length);
            _waiting.Clear();
            _leftOut = 0;
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            // What of it was written may be torn; the next line begins on one of its own.
            Close();
            throw;
        }
    }

    /// <summary>Gives the file free.</summary>
    public void Close()
    {
        _file?.Dispose();
        _file = null;
    }

    /// <summary>Deletes the oldest files until the limits are kept; the newest stays, whatever a clock says that jumps.</summary>
    /// <exception cref="IOException">One cannot be deleted.</exception>
    public void Prune()
    {
        var most = FileSystemCalls.FreeBytes(folder) is < TentacleLimits.DefaultMinFreeBytes ? Math.Min(limits.MaxBytes, MostBytesOnFullDisk) : limits.MaxBytes;
        var files = JournalFiles.In(folder);
        var bytes = files.Sum(f => f.File.Length);
        foreach (var (_, file) in files.Take(Math.Max(0, files.Count - 1)))
        {
            if (bytes <= most && utcNow() - file.LastWriteTimeUtc <= limits.MaxAge)
                break;
            bytes -= file.Length;
            file.Delete();
        }
    }

    private FileStream Open()
    {
        Prune();
        var newest = JournalFiles.In(folder).LastOrDefault();
        _day = newest.File is null ? utcNow().Date : newest.File.LastWriteTimeUtc.Date;
        return Open(Math.Max(1, newest.Number));
    }

    private void BeginNext()
    {
        Close();
        _file = Open(JournalFiles.In(folder).Select(f => f.Number).DefaultIfEmpty(0).Last() + 1);
        _day = utcNow().Date;
        Prune();
    }

    private FileStream Open(long number)
    {
        var file = new FileStream(JournalFiles.PathOf(folder, number), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        if (file.Length == 0)
            return file;
        file.Seek(-1, SeekOrigin.End);
        if (file.ReadByte() != '\n')
            file.WriteByte((byte)'\n');
        return file;
    }
}
