namespace PandoraSync.SystemTests.Pester;

/// <summary>A test of a file for Pester, as Run.ps1 reports it.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Name">The names of its blocks and its own.</param>
/// <param name="Result">Passed, Failed, Skipped, ...; NotRun when only listed.</param>
/// <param name="Failure">What Pester says about a failure, and where it was.</param>
internal sealed record PesterTest(string File, string Name, string Result, string Failure);
