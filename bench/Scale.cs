namespace PandoraSync.Bench;

/// <summary>How much work a run does.</summary>
/// <param name="IsShort">True for a run that only shows that everything works.</param>
/// <param name="MostFiles">Most files of the largest buffer; null for a million.</param>
internal sealed record Scale(bool IsShort, int? MostFiles)
{
    public int Rounds => IsShort ? 1 : 5;

    /// <summary>The amount for the kind of run.</summary>
    public int Pick(int whenShort, int whenFull) => IsShort ? whenShort : whenFull;
}
