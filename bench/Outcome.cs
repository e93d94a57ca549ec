using System.Collections.Generic;

namespace PandoraSync.Bench;

/// <summary>What one run of a contender gave.</summary>
/// <param name="Rate">Units done a second.</param>
/// <param name="More">What else was measured.</param>
internal sealed record Outcome(double Rate, IReadOnlyList<Figure> More);
