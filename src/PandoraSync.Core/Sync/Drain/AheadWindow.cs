using System;

namespace PandoraSync.Sync.Drain;

/// <summary>
/// How many files one connection asks a stock server for, or has it move, before it has all that came proven (protocol.md, section 10): many as
/// long as nothing breaks and they come soon; fewer after a break, so that the next one costs less, and over a slow line, so that what has come is
/// soon delivered.
/// </summary>
/// <param name="fairShare">Files that leave other connections their part.</param>
internal sealed class AheadWindow(int fairShare)
{
    private const int MostFiles = 2048;
    private const int FewestFiles = 32;

    // Nothing is known of their sizes yet.
    private const int FirstFiles = 128;
    private const double Growth = 2;

    // What broke once is come near to again, but slowly.
    private const double GrowthAfterBreak = 1.25;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);
    private readonly int _most = Math.Min(MostFiles, Math.Max(FirstFiles, fairShare));
    private bool _hasBroken;

    /// <summary>Most files of a window.</summary>
    public int Files { get; private set; } = FirstFiles;

    /// <summary>A window has come through.</summary>
    /// <param name="elapsed">How long that took.</param>
    public void Proved(TimeSpan elapsed) => Files = elapsed > Longest ? Math.Max(FewestFiles, Files / 2) : Math.Min(_most, (int)(Files * (_hasBroken ? GrowthAfterBreak : Growth)));

    /// <summary>A connection has broken, or is out of step.</summary>
    public void Broke()
    {
        _hasBroken = true;
        Files = Math.Max(FewestFiles, Files / 2);
    }
}
