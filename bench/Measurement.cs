using System.Collections.Generic;
using System.Linq;

namespace PandoraSync.Bench;

/// <summary>One figure of one contender over several rounds.</summary>
/// <param name="Contender">The contender's name.</param>
/// <param name="What">What was measured; empty for the contender's rate.</param>
/// <param name="Unit">What the figures count.</param>
/// <param name="Figures">One figure a round.</param>
internal sealed record Measurement(string Contender, string What, string Unit, IReadOnlyList<double> Figures)
{
    public double Median
    {
        get
        {
            var sorted = Figures.Order().ToArray();
            return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
        }
    }

    public double Least => Figures.Min();

    public double Most => Figures.Max();
}
