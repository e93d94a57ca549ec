using System;
using System.Globalization;
using PandoraSync.Sync.Journal;

namespace PandoraSync.Cmdlets.Base;

/// <summary>
/// Writes the log of a cmdlet that goes on: as PowerShell's warnings, information and verbose lines (Text), as a JSON object a line (Json), or as lines
/// with the levels that journald reads (Journal).
/// </summary>
/// <param name="format">Text, Json or Journal.</param>
/// <param name="pump">Carries lines to the pipeline's thread.</param>
/// <param name="isVerbose">Whether the story is told too.</param>
internal sealed class LogOutput(string format, CmdletPump pump, bool isVerbose)
{
    /// <summary>The names of the formats.</summary>
    public const string Text = "Text";

    /// <inheritdoc cref="Text"/>
    public const string Json = "Json";

    /// <inheritdoc cref="Text"/>
    public const string Journal = "Journal";

    private readonly bool _isText = string.Equals(format, Text, StringComparison.OrdinalIgnoreCase);
    private readonly bool _isJson = string.Equals(format, Json, StringComparison.OrdinalIgnoreCase);

    /// <summary>Writes a line; from any thread.</summary>
    /// <param name="time">When, UTC.</param>
    /// <param name="level">How important it is.</param>
    /// <param name="text">What happened.</param>
    /// <param name="site">The site that it is about; null for none.</param>
    /// <param name="errorId">The error's id; null for none.</param>
    public void Write(DateTime time, LogLevel level, string text, string? site = null, string? errorId = null)
    {
        if (_isText)
            WriteText(string.Format(CultureInfo.InvariantCulture, "{0:yyyy-MM-dd HH:mm:ss} {1}", time.ToLocalTime(), text), level);
        else if (level != LogLevel.Verbose || isVerbose)
            pump.Host(_isJson ? new JsonText().Add("time", time).Add("level", Name(level)).Add("text", text).Add("site", site).Add("errorId", errorId).ToString() : $"<{Number(level)}>{text.Replace('\n', ' ')}");
    }

    /// <summary>Writes what whoever sits at the keyboard should see, and a log has as information.</summary>
    public void Announce(string text)
    {
        if (_isText)
            pump.Host(text);
        else
            Write(DateTime.UtcNow, LogLevel.Information, text);
    }

    private void WriteText(string line, LogLevel level)
    {
        if (level is LogLevel.Error or LogLevel.Warning)
            pump.Warning(line);
        else if (level == LogLevel.Information)
            pump.Information(line);
        else
            pump.Verbose(line);
    }

    private static string Name(LogLevel level) => level switch { LogLevel.Error => "error", LogLevel.Warning => "warning", LogLevel.Information => "info", _ => "debug" };

    /// <summary>The numbers of syslog(3).</summary>
    private static int Number(LogLevel level) => level switch { LogLevel.Error => 3, LogLevel.Warning => 4, LogLevel.Information => 6, _ => 7 };
}
