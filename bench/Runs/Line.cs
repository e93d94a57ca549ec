using System;

namespace PandoraSync.Bench;

/// <summary>The long line that comparisons use.</summary>
internal static class Line
{
    /// <summary>About that of two countries, or of a site behind a poor DSL line.</summary>
    public static TimeSpan RoundTrip { get; } = TimeSpan.FromMilliseconds(50);
}
