using System.Globalization;

namespace PandoraSync.Cmdlets.Base;

/// <summary>Sizes as the table views show them, at most nine characters.</summary>
public static class ByteSize
{
    private const double Step = 1024;
    private const long MostPlainBytes = 10 * 1024;
    private static readonly string[] Units = ["KB", "MB", "GB", "TB", "PB", "EB"];

    /// <summary>A size in words: bytes below 10 KB, one decimal of a unit above.</summary>
    /// <param name="bytes">The size; null for one that is not known.</param>
    /// <returns>Such as <c>812 B</c> or <c>1.5 MB</c>; empty for null.</returns>
    public static string Format(long? bytes)
    {
        if (bytes is not { } size)
            return string.Empty;
        if (size < MostPlainBytes)
            return size.ToString(CultureInfo.InvariantCulture) + " B";
        var (value, unit) = (size / Step, 0);
        for (; value >= Step && unit < Units.Length - 1; unit++)
            value /= Step;
        return value.ToString("0.0", CultureInfo.InvariantCulture) + " " + Units[unit];
    }
}
