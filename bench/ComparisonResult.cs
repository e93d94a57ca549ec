using System;
using System.Collections.Generic;
using System.Linq;

namespace PandoraSync.Bench;

/// <summary>What a comparison measured.</summary>
/// <param name="Comparison">The comparison.</param>
/// <param name="Rounds">Rounds that count.</param>
/// <param name="Measurements">All figures, in the order of the contenders.</param>
internal sealed record ComparisonResult(Comparison Comparison, int Rounds, IReadOnlyList<Measurement> Measurements)
{
    /// <summary>The rates, one a contender.</summary>
    public IReadOnlyList<Measurement> Rates => [.. Measurements.Where(m => m.What.Length == 0)];

    /// <summary>What else was measured.</summary>
    public IReadOnlyList<Measurement> More => [.. Measurements.Where(m => m.What.Length > 0)];

    /// <summary>The rate that the others are compared with; null if that contender could not run.</summary>
    public Measurement? Baseline => Rate(Comparison.Baseline ?? Comparison.Contenders[0].Name);

    /// <summary>A contender's rate; null if it could not run.</summary>
    public Measurement? Rate(string contender) => Figure(contender, string.Empty);

    /// <summary>Another figure of a contender; null if there is none.</summary>
    public Measurement? Figure(string contender, string what) => Measurements.FirstOrDefault(m =>
        string.Equals(m.Contender, contender, StringComparison.Ordinal) && string.Equals(m.What, what, StringComparison.Ordinal));
}
