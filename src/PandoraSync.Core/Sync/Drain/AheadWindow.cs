using System;

namespace PandoraSync.Sync.Drain;

/// <summary>
/// How many files one connection asks a stock server for, or has it move, ahead of the answers (protocol.md, section 10): many as
/// long as nothing breaks and the answers come soon; fewer after a break, so that the next one costs less, and where more would only wait longer.
/// </summary>
/// <param name="fairShare">Files that leave other connections their part.</param>
internal sealed class AheadWindow(int fairShare)
{
    private const int MostFiles = 2048;
    private const int FewestFiles = 32;

    // Nothing is known of their sizes yet.
    private const int FirstFiles = 64;
    private const double Growth = 2;

    // What broke once is come near to again, but slowly.
    private const double GrowthAfterBreak = 1.25;
    private readonly int _most = Math.Min(MostFiles, Math.Max(FirstFiles, fairShare));
    private bool _hasBroken;

    /// <summary>Most files under way.</summary>
    public int Files { get; private set; } = FirstFiles;

    /// <summary>What was asked at once has come, each in its place.</summary>
    /// <param name="files"><see cref="Files"/> when it was asked for: of what several bursts prove of one window only the first counts.</param>
    /// <param name="isLate">True if it took longer than it need take.</param>
    public void Proved(int files, bool isLate)
    {
        if (files != Files)
            return;
        Files = isLate ? Fewer() : Math.Min(_most, (int)(Files * (_hasBroken ? GrowthAfterBreak : Growth)));
    }

    /// <summary>A connection has broken, or is out of step.</summary>
    public void Broke()
    {
        _hasBroken = true;
        Files = Fewer();
    }

    private int Fewer() => Math.Max(FewestFiles, Files / 2);
}
