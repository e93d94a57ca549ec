using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using PandoraSync.Files;
using PandoraSync.Protocol;

namespace PandoraSync.Configuration;

/// <summary>
/// Gives settings their types. What is wrong is collected, so that all of it is said at once, and nothing is started from a
/// configuration that has a mistake.
/// </summary>
internal sealed class SettingReader
{
    private readonly Dictionary<string, ConfigurationEntry> _entries = new(StringComparer.Ordinal);
    private readonly List<ConfigurationSetting> _settings = [];
    private readonly List<string> _warnings = [];
    private readonly List<string> _problems = [];

    /// <summary>Takes entries; of several with one key the last wins, and that is said.</summary>
    public SettingReader(IEnumerable<ConfigurationEntry> entries, Func<string, bool> isOurs)
    {
        foreach (var entry in entries.Where(e => isOurs(e.Key)))
        {
            if (_entries.TryGetValue(entry.Key, out var earlier))
                _warnings.Add($"{entry.Source}: {entry.Key} replaces the value of {earlier.Source}.");
            _entries[entry.Key] = entry;
        }
    }

    public IReadOnlyList<ConfigurationSetting> Settings => _settings;

    public IReadOnlyList<string> Warnings => _warnings;

    public void Warn(string key, string what) => _warnings.Add($"{SourceOf(key)}: {what}");

    public string SourceOf(string key) => _entries.TryGetValue(key, out var entry) ? entry.Source : "default";

    /// <summary>Says that keys are unknown, apart from those that were asked for.</summary>
    public void WarnOfUnknown(IEnumerable<string> known, string what)
    {
        var names = new HashSet<string>(known, StringComparer.Ordinal);
        foreach (var entry in _entries.Values.Where(e => !names.Contains(e.Key)))
            _warnings.Add($"{entry.Source}: {entry.Key} is not a known setting {what}; it is ignored.");
    }

    public string? Text(string key, string? defaultValue = null, bool isSecret = false)
    {
        var entry = _entries.TryGetValue(key, out var found) && found.Value.Length > 0 ? found : null;
        var value = entry?.Value ?? defaultValue;
        if (value is not null)
            _settings.Add(new ConfigurationSetting(key, isSecret ? "***" : value, entry?.Source ?? "default"));
        return value;
    }

    public long Number(string key, long defaultValue, long least, long most)
    {
        var text = Text(key, defaultValue.ToString(CultureInfo.InvariantCulture))!;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            return value;
        Problem(key, $"{key} must be a number between {least} and {most}, not '{TentacleText.Show(text)}'.");
        return defaultValue;
    }

    public double Seconds(string key, double defaultValue)
    {
        var text = Text(key, defaultValue.ToString(CultureInfo.InvariantCulture))!;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is >= 0.1 and <= 3600)
            return value;
        Problem(key, $"{key} must be seconds between 0.1 and 3600, not '{TentacleText.Show(text)}'.");
        return defaultValue;
    }

    /// <summary>A flag is on only when it is 1; a value that is neither 0 nor 1 is off, and that is said (protocol.md, section 8).</summary>
    public bool Flag(string key)
    {
        var text = Text(key, "0")!;
        if (text is not ("0" or "1"))
            Warn(key, $"{key} is on only when it is 1; '{TentacleText.Show(text)}' means off.");
        return text is "1";
    }

    /// <summary>The path of a certificate, key or list; it must be absolute, since services start in a folder that nobody expects.</summary>
    public string? AbsolutePath(string key)
    {
        if (Text(key) is not { } path)
            return null;
        if (IsAbsolute(path))
            return path;
        Problem(key, $"{key} is the relative path '{TentacleText.Show(path)}': use an absolute one, since a service does not start in the folder that you expect.");
        return null;
    }

    public T? Try<T>(string key, Func<T> make)
        where T : class
    {
        try
        {
            return make();
        }
        catch (TentacleException e)
        {
            Problem(key, e.Message);
            return null;
        }
    }

    public void Problem(string key, string sentence) => _problems.Add($"{SourceOf(key)}: {sentence}");

    /// <summary>Ends the reading.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: what is wrong, a sentence for each mistake.</exception>
    public void ThrowIfWrong(string? path)
    {
        if (_problems.Count > 0)
            throw new TentacleException(TentacleErrorKind.Configuration, string.Join("\n", _problems)) { File = path, Step = "configuration" };
    }

    private static bool IsAbsolute(string path) =>
        path.Length > 0 && PathRules.IsPossible(path) && (path[0] is '/' || path.StartsWith(@"\\", StringComparison.Ordinal)
            || (path.Length > 2 && char.IsLetter(path[0]) && path[1] == ':' && path[2] is '\\' or '/')
            || (Path.IsPathRooted(path) && path[0] != '\\'));
}
