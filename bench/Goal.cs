using System;

namespace PandoraSync.Bench;

/// <summary>What a comparison should show. It is reported and never fails a run: a figure depends on the machine and its other work.</summary>
/// <param name="Text">The goal as a sentence.</param>
/// <param name="Measure">What was reached; null if it could not be measured.</param>
/// <param name="Bound">What should be reached.</param>
/// <param name="Unit">What the bound counts: "x" for a ratio, or MB, KB.</param>
/// <param name="IsMost">True where less is better.</param>
internal sealed record Goal(string Text, Func<ComparisonResult, double?> Measure, double Bound, string Unit, bool IsMost)
{
    /// <summary>One contender is so many times as fast as another.</summary>
    public static Goal Ratio(string of, string to, double least) => new(
        FormattableString.Invariant($"{of}: at least {least:0.##} x {to}"),
        result => result.Rate(of)?.Median / result.Rate(to)?.Median,
        least,
        "x",
        IsMost: false);

    /// <summary>One contender is so many times as fast as a rate that was measured elsewhere.</summary>
    public static Goal Over(string of, double rate, string whose, double least) => new(
        FormattableString.Invariant($"{of}: at least {least:0.##} x {rate:0} a second ({whose})"),
        result => result.Rate(of)?.Median / rate,
        least,
        "x",
        IsMost: false);

    /// <summary>A figure stays below a bound in every round.</summary>
    public static Goal Below(string of, string what, double most, string unit) => new(
        FormattableString.Invariant($"{of}: {what} below {most:0.##} {unit}"),
        result => result.Figure(of, what)?.Most,
        most,
        unit,
        IsMost: true);

    /// <summary>A figure reaches a bound in every round.</summary>
    public static Goal AtLeast(string of, string what, double least, string unit) => new(
        FormattableString.Invariant($"{of}: {what} at least {least:0.##} {unit}"),
        result => result.Figure(of, what)?.Least,
        least,
        unit,
        IsMost: false);

    /// <summary>The goal, what was reached, and whether that is enough, as a line of Markdown.</summary>
    public string Report(ComparisonResult result)
    {
        if (Measure(result) is not { } reached)
            return $"- {Text}. Not measured.";
        var isMet = IsMost ? reached < Bound : reached >= Bound;
        return FormattableString.Invariant($"- {Text}. Measured: {Round(reached, IsMost)} {Unit}, {(isMet ? "met" : "**not met**")}.");
    }

    // A figure just short of its goal must not read as if it were the goal.
    private static double Round(double value, bool isUp) => (isUp ? Math.Ceiling(value * 100) : Math.Floor(value * 100)) / 100;
}
