using System.Collections.Generic;
using System.Linq;

namespace PandoraSync.Tests.Engine.Pester;

/// <summary>What became of a test file.</summary>
/// <param name="Passed">The names of the Its that passed.</param>
/// <param name="Failed">The names of those that failed, each with its error.</param>
internal sealed record StandInResult(IReadOnlyList<string> Passed, IReadOnlyList<string> Failed)
{
    public override string ToString() => $"{Passed.Count} passed, {Failed.Count} failed\n{string.Join('\n', Failed.Select(f => "  " + f))}";
}
