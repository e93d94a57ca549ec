using System;
using System.Globalization;
using System.IO;
using System.Text;
using PandoraSync.Files;
using PandoraSync.Protocol;

namespace PandoraSync.Server;

/// <summary>A log in stock's form: <c>2026-01-31 12:00:00[log]text.</c> (protocol.md, section 8), local time.</summary>
public sealed class LogFile : IDisposable
{
    private readonly object _gate = new();
    private readonly StreamWriter _writer;

    /// <summary>Opens a file to append to.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.LocalFile"/>: it cannot be written.</exception>
    public LogFile(string path)
    {
        try
        {
            _writer = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
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
        lock (_gate)
        {
            try
            {
                _writer.WriteLine(string.Format(CultureInfo.InvariantCulture, "{0:yyyy-MM-dd HH:mm:ss}[{1}]{2}.", entry.Time.ToLocalTime(), level, entry.Text.TrimEnd('.')));
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // A full disk must not end the server because of its log.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
            _writer.Dispose();
    }
}
