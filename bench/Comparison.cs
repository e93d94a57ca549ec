using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;

namespace PandoraSync.Bench;

/// <summary>Contenders that do the same work, measured in turn, round by round, so that a machine that speeds up or slows down does so for all.</summary>
/// <param name="Title">The work.</param>
/// <param name="Unit">What is counted.</param>
/// <param name="Contenders">The first one is what the others are compared with.</param>
internal sealed record Comparison(string Title, string Unit, IReadOnlyList<Contender> Contenders)
{
    public async Task<string> RunAsync(int rounds)
    {
        var figures = Contenders.Select(_ => new List<double>()).ToArray();
        // Round 0 warms up: its figures are not counted.
        for (var round = 0; round <= rounds; round++)
        {
            for (var i = 0; i < Contenders.Count; i++)
            {
                var figure = await Contenders[i].RunAsync();
                if (round > 0)
                    figures[i].Add(figure);
                await Console.Error.WriteLineAsync(FormattableString.Invariant($"round {round}: {Contenders[i].Name}: {figure:0} {Unit}/s"));
            }
        }

        var measurements = Contenders.Select((c, i) => new Measurement(c.Name, Unit, figures[i])).ToArray();
        return $"""
            ### {Title}

            | | median | least to most of {rounds} | ratio |
            |---|---|---|---|
            {string.Join('\n', measurements.Select(m => m.Row(measurements[0])))}

            """;
    }
}
