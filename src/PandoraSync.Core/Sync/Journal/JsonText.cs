using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Runtime.Serialization.Json;
using System.Text;
using System.Xml;

namespace PandoraSync.Sync.Journal;

/// <summary>
/// Flat JSON objects, one a line. Written here, since the platform's own serializers either are not in each runtime (System.Text.Json) or escape every slash,
/// which nobody finds with grep; read by the platform's parser, with bounds.
/// </summary>
internal sealed class JsonText
{
    /// <summary>Longest line that is read, in characters.</summary>
    public const int MostCharacters = 64 * 1024;

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private static readonly XmlDictionaryReaderQuotas Bounds = new() { MaxDepth = 4, MaxStringContentLength = MostCharacters, MaxArrayLength = 1, MaxBytesPerRead = 4 * MostCharacters, MaxNameTableCharCount = MostCharacters };

    private readonly StringBuilder _text = new("{");

    /// <summary>Adds a text; null adds nothing.</summary>
    public JsonText Add(string name, string? value)
    {
        if (value is null)
            return this;
        Begin(name);
        Append(value);
        return this;
    }

    /// <summary>Adds a number; 0 adds nothing.</summary>
    public JsonText Add(string name, long value)
    {
        if (value != 0)
            Begin(name).Append(value.ToString(CultureInfo.InvariantCulture));
        return this;
    }

    /// <summary>Adds a number, to three places; 0 adds nothing.</summary>
    public JsonText Add(string name, double value)
    {
        if (Math.Round(value, 3) is var rounded and not 0 && !double.IsNaN(rounded) && !double.IsInfinity(rounded))
            Begin(name).Append(rounded.ToString("0.###", CultureInfo.InvariantCulture));
        return this;
    }

    /// <summary>Adds a time, which is UTC; null adds nothing.</summary>
    public JsonText Add(string name, DateTime? time) => Add(name, time?.ToString(TimeFormat, CultureInfo.InvariantCulture));

    /// <summary>The object, without an end of line.</summary>
    public override string ToString() => _text.ToString() + "}";

    /// <summary>Reads an object.</summary>
    /// <param name="line">The line.</param>
    /// <returns>Its members as texts, those of objects and lists left out; null if the line is none, such as one that a crash has torn.</returns>
    public static IReadOnlyDictionary<string, string>? TryRead(string line)
    {
        if (line.Length is 0 or > MostCharacters || line[0] != '{')
            return null;
        var members = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var reader = JsonReaderWriterFactory.CreateJsonReader(Encoding.UTF8.GetBytes(line), Bounds);
            reader.ReadStartElement();
            while (reader.MoveToContent() == XmlNodeType.Element)
            {
                if (reader.GetAttribute("type") is "object" or "array")
                    reader.Skip();
                else
                    members[reader.LocalName] = reader.ReadElementContentAsString();
            }

            return members;
        }
        catch (Exception e) when (e is XmlException or FormatException or IOException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A member as a time, UTC; null if it is missing or no time.</summary>
    public static DateTime? Time(IReadOnlyDictionary<string, string> members, string name) =>
        members.TryGetValue(name, out var text) && DateTime.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    /// <summary>A member as a number; 0 if it is missing or none.</summary>
    public static long Number(IReadOnlyDictionary<string, string> members, string name) =>
        members.TryGetValue(name, out var text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>A member as a number; 0 if it is missing or none.</summary>
    public static double Real(IReadOnlyDictionary<string, string> members, string name) =>
        members.TryGetValue(name, out var text) && double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>A member as a text; null if it is missing.</summary>
    public static string? Text(IReadOnlyDictionary<string, string> members, string name) => members.TryGetValue(name, out var text) ? text : null;

    private StringBuilder Begin(string name)
    {
        if (_text.Length > 1)
            _text.Append(',');
        return _text.Append('"').Append(name).Append("\":");
    }

    private void Append(string value)
    {
        _text.Append('"');
        foreach (var c in value)
        {
            if (c is '"' or '\\')
                _text.Append('\\').Append(c);
            else if (c < ' ' || c is '\u2028' or '\u2029' or '\u007f' || char.IsSurrogate(c))
                _text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            else
                _text.Append(c);
        }

        _text.Append('"');
    }
}
