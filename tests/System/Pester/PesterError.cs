namespace PandoraSync.SystemTests.Pester;

/// <summary>What went wrong outside of tests.</summary>
/// <param name="File">The file's name; empty if it is none's.</param>
/// <param name="Text">What Pester, or the shell, says about it.</param>
internal sealed record PesterError(string File, string Text);
