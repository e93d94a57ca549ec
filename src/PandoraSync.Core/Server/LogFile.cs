using System;
using System.Globalization;
using System.IO;
using System.Text;
using PandoraSync.Files;
using PandoraSync.Native;
using PandoraSync.Protocol;

namespace PandoraSync.Server;

/// <summary>
/// A log in stock's form: <c>2026-01-31 12:00:00[log]text.</c> (protocol.md, section 8), local time. A file that has grown to its limit
/// gets <c>.1</c> added to its name, in the place of an earlier one, and a new one is begun.
/// </summary>
internal sealed class LogFile : IDisposable
{
    /// <summary>Bytes that a log file grows to by default; with the one before it twice as many.</summary>
    public const long DefaultMaxBytes = 10L * 1024 * 1024;

    // On a disk that is nearly full the two together: little of what stays free there for others.
    private const long MaxBytesOnFullDisk = 512 * 1024;

    private readonly object _gate = new();
    private readonly string _path;
    private readonly string _folder;
    private readonly long _maxBytes;
    private FileStream? _file;
    private bool _isDisposed;

    /// <summary>Opens a file to append to.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">Bytes that it may grow to, 1 or more.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.LocalFile"/>: it cannot be written.</exception>
    public LogFile(string path, long maxBytes = DefaultMaxBytes)
    {
        _path = Path.GetFullPath(path);
        _folder = Path.GetDirectoryName(_path) ?? _path;
        _maxBytes = maxBytes;
        try
        {
            _file = Open();
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            throw LocalFileError.Explain(e, path, "open the log");
        }
    }

    /// <summary>Writes an entry; from any thread.</summary>
    public void Write(TentacleLogEntry entry)
    {
        var level = entry.Level switch { TentacleLogLevel.Error => "err", TentacleLogLevel.Log => "log", _ => "info" };
        var line = Encoding.UTF8.GetBytes(string.Format(CultureInfo.InvariantCulture, "{0:yyyy-MM-dd HH:mm:ss}[{1}]{2}.{3}", entry.Time.ToLocalTime(), level, entry.Text.TrimEnd('.'), Environment.NewLine));
        lock (_gate)
        {
            if (_isDisposed)
                return;
            try
            {
                _file ??= Open();
                if (_file.Length > 0 && _file.Length + line.Length > Limit())
                    TurnOver();
                _file.Write(line, 0, line.Length);
            }
            catch (Exception e) when (LocalFileError.IsFileError(e))
            {
                // A full disk must not end the server because of its log.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _file?.Dispose();
        }
    }

    private long Limit() => _file!.Length < MaxBytesOnFullDisk || FileSystemCalls.FreeBytes(_folder) is not < TentacleLimits.DefaultMinFreeBytes
        ? _maxBytes
        : Math.Min(_maxBytes, MaxBytesOnFullDisk);

    private FileStream Open() => new(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);

    private void TurnOver()
    {
        _file!.Dispose();
        _file = null;
        try
        {
            FileSystemCalls.RenameOver(_path, _path + ".1");
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            // Somebody has taken it away or holds it: what is there still is begun anew, so that it stays within its limit.
            using var emptied = new FileStream(_path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        }

        _file = Open();
    }
}
