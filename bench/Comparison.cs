using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;

namespace PandoraSync.Bench;

/// <summary>Contenders that do the same work, measured in turn, round by round, so that a machine that speeds up or slows down does so for all.</summary>
/// <param name="Name">A word for the command line and file names.</param>
/// <param name="Title">The work.</param>
/// <param name="Unit">What is counted, a second.</param>
/// <param name="Contenders">The ways to do it.</param>
internal sealed record Comparison(string Name, string Title, string Unit, IReadOnlyList<Contender> Contenders)
{
    /// <summary>The contender that the others are compared with; the first one if null.</summary>
    public string? Baseline { get; init; }

    /// <summary>What it should show.</summary>
    public IReadOnlyList<Goal> Goals { get; init; } = [];

    /// <summary>What a reader of the table must know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Most rounds, where one takes long.</summary>
    public int MostRounds { get; init; } = int.MaxValue;

    /// <summary>Measures all contenders.</summary>
    /// <param name="rounds">Rounds that count.</param>
    /// <param name="warmsUp">Runs one more round at first, whose figures are not counted.</param>
    public async Task<ComparisonResult> RunAsync(int rounds, bool warmsUp)
    {
        rounds = Math.Min(rounds, MostRounds);
        var present = Contenders.Where(c => c.WhyMissing is null).ToArray();
        var outcomes = present.Select(_ => new List<Outcome>()).ToArray();
        for (var round = warmsUp && MostRounds > 1 ? 0 : 1; round <= rounds; round++)
        {
            for (var i = 0; i < present.Length; i++)
            {
                var outcome = await RunOneAsync(present[i]);
                if (round > 0)
                    outcomes[i].Add(outcome);
                await Console.Error.WriteLineAsync(FormattableString.Invariant($"{Name}, round {round}: {present[i].Name}: {Numbers.Show(outcome.Rate)} {Unit}/s{More(outcome)}"));
            }
        }

        return new ComparisonResult(this, rounds, [.. present.SelectMany((c, i) => Collect(c.Name, outcomes[i]))]);
    }

    private async Task<Outcome> RunOneAsync(Contender contender)
    {
        try
        {
            return await contender.RunAsync();
        }
        catch (Exception e)
        {
            throw new BenchFailedException($"{Name}: {contender.Name}: {e.Message}", e);
        }
    }

    private IEnumerable<Measurement> Collect(string contender, List<Outcome> outcomes)
    {
        yield return new Measurement(contender, string.Empty, Unit + "/s", [.. outcomes.Select(o => o.Rate)]);
        foreach (var figures in outcomes.SelectMany(o => o.More).GroupBy(f => (f.Name, f.Unit)))
            yield return new Measurement(contender, figures.Key.Name, figures.Key.Unit, [.. figures.Select(f => f.Value)]);
    }

    private static string More(Outcome outcome) =>
        string.Concat(outcome.More.Select(f => string.Create(CultureInfo.InvariantCulture, $"; {f.Name}: {Numbers.Show(f.Value)} {f.Unit}")));
}
