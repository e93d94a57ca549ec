using System;

namespace PandoraSync.Sync.Drain;

/// <summary>
/// How many contents one connection asks a stock server for before it has all that came proven (protocol.md, section 10): many as long as
/// nothing breaks; fewer after a break, so that the next one costs less; after a few breaks in a row no more than one at a time.
/// </summary>
/// <param name="fairShare">Files that leave other connections their part.</param>
internal sealed class AheadWindow(int fairShare)
{
    /// <summary>Breaks in a row after which nothing more is asked ahead.</summary>
    public const int MostBreaks = 3;

    private const int MostFiles = 1024;
    private const int FewestFiles = 16;
    private int _breaks;

    /// <summary>Most contents under way.</summary>
    public int Files { get; private set; } = Math.Min(MostFiles, Math.Max(FewestFiles, fairShare));

    /// <summary>True if this line does not take it.</summary>
    public bool IsGivenUp => _breaks >= MostBreaks;

    /// <summary>A window has come through.</summary>
    public void Proved()
    {
        _breaks = 0;
        Files = Math.Min(Math.Max(Files, fairShare), Files * 2);
    }

    /// <summary>A connection has broken, or is out of step.</summary>
    public void Broke()
    {
        _breaks++;
        Files = Math.Max(FewestFiles, Files / 4);
    }
}
