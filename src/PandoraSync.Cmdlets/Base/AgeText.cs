using System;
using System.Globalization;

namespace PandoraSync.Cmdlets.Base;

/// <summary>Times that have passed as the table views show them, at most six characters.</summary>
public static class AgeText
{
    private const double Minute = 60;
    private const double Hour = 60 * Minute;
    private const double Day = 24 * Hour;

    /// <summary>A time in words, in the unit that fits.</summary>
    /// <param name="seconds">The time in seconds; null for one that is not known.</param>
    /// <returns>Such as <c>12 s</c>, <c>5 min</c>, <c>3.2 h</c> or <c>14 d</c>; empty for null.</returns>
    public static string Format(double? seconds) => seconds switch
    {
        null => string.Empty,
        < 2 * Minute => Text(Math.Max(0, seconds.Value), "0", "s"),
        < 2 * Hour => Text(seconds.Value / Minute, "0", "min"),
        < 2 * Day => Text(seconds.Value / Hour, "0.0", "h"),
        _ => Text(seconds.Value / Day, "0", "d"),
    };

    /// <summary>How long ago something was.</summary>
    /// <param name="time">When, local time; null for never.</param>
    public static string Since(DateTime? time) => time is { } at ? Format((DateTime.Now - at).TotalSeconds) : "never";

    private static string Text(double value, string format, string unit) => value.ToString(format, CultureInfo.InvariantCulture) + " " + unit;
}
