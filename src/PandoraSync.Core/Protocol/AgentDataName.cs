using System;
using System.Globalization;
using System.Text;

namespace PandoraSync.Protocol;

/// <summary>Names of agent data files: <c>&lt;agent&gt;.&lt;epoch seconds&gt;.data</c> (protocol.md, section 4).</summary>
internal static class AgentDataName
{
    private const string Extension = ".data";
    private const int MostExtensionCharacters = 20;

    // The last second of the year 9999, which DateTime and every file system of today can hold.
    private const long LastEpoch = 253402300799;

    /// <summary>Reads the epoch from a name.</summary>
    /// <param name="name">A file name.</param>
    /// <param name="epoch">Seconds since 1970-01-01 UTC.</param>
    /// <returns>False if the name is no agent data name.</returns>
    public static bool TryGetEpoch(string name, out long epoch)
    {
        epoch = 0;
        if (!TrySplit(name, out var stem, out var digits))
            return false;
        return stem.Length > 0
            && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out epoch)
            && epoch is > 0 and <= LastEpoch;
    }

    /// <summary>
    /// Gives the name to use when <paramref name="name"/> is taken by other content: the number before <c>.data</c> counted up by
    /// <paramref name="step"/>, so that the agent's part stays as it is. Other names get the number before their extension.
    /// </summary>
    /// <param name="name">The taken name.</param>
    /// <param name="step">1 for the first try, 2 for the second and so on.</param>
    public static string Next(string name, long step)
    {
        if (TryGetEpoch(name, out var epoch) && TrySplit(name, out var stem, out _))
            return Fit(stem.Substring(0, stem.Length - 1), string.Format(CultureInfo.InvariantCulture, "{0}{1}{2}", stem[stem.Length - 1], epoch + step, Extension));
        var dot = name.LastIndexOf('.');
        return dot > 0 && name.Length - dot <= MostExtensionCharacters
            ? Fit(name.Substring(0, dot), string.Format(CultureInfo.InvariantCulture, ".{0}{1}", step, name.Substring(dot)))
            : Fit(name, string.Format(CultureInfo.InvariantCulture, ".{0}", step));
    }

    /// <summary>Shortens the first part where the whole would be longer than a name can be.</summary>
    private static string Fit(string first, string last)
    {
        var length = first.Length;
        while (length > 1 && (Encoding.UTF8.GetByteCount(first.Substring(0, length)) + Encoding.UTF8.GetByteCount(last) > TentacleLimits.MaxNameBytes || char.IsHighSurrogate(first[length - 1])))
            length--;
        return first.Substring(0, length) + last;
    }

    /// <summary>Splits into everything up to and with the separator, and the digits before the extension.</summary>
    private static bool TrySplit(string name, out string stem, out string digits)
    {
        stem = digits = string.Empty;
        if (!name.EndsWith(Extension, StringComparison.Ordinal))
            return false;
        var end = name.Length - Extension.Length;
        var start = end;
        while (start > 0 && name[start - 1] is >= '0' and <= '9')
            start--;
        if (start == end || start < 2 || name[start - 1] is not ('.' or '_'))
            return false;
        stem = name.Substring(0, start);
        digits = name.Substring(start, end - start);
        return true;
    }
}
