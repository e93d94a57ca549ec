using System;
using System.Collections.Generic;
using System.Linq;

namespace PandoraSync.Bench;

/// <summary>One contender's figures over several rounds.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">What the figures count, a second.</param>
/// <param name="Figures">One figure a round.</param>
internal sealed record Measurement(string Name, string Unit, IReadOnlyList<double> Figures)
{
    public double Median
    {
        get
        {
            var sorted = Figures.Order().ToArray();
            return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
        }
    }

    public string Row(Measurement baseline) => FormattableString.Invariant(
        $"| {Name} | {Median:0} {Unit}/s | {Figures.Min():0} to {Figures.Max():0} | {Median / baseline.Median:0.0} x |");
}
