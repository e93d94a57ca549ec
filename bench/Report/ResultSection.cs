using System;
using System.Globalization;
using System.Linq;
using System.Text;

namespace PandoraSync.Bench;

/// <summary>A comparison's figures as Markdown: chart, tables, goals, notes.</summary>
internal static class ResultSection
{
    public static string Write(ComparisonResult result, Scale scale)
    {
        var comparison = result.Comparison;
        var text = new StringBuilder();
        if (scale.IsShort || comparison.IsPartial)
            text.Append(ResultFolder.PartialMark).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"### {comparison.Name}: {comparison.Title}\n\n![{comparison.Title}]({comparison.Name}.svg)\n\n");
        text.Append(CultureInfo.InvariantCulture, $"| | median | least to most of {result.Rounds} | ratio |\n|---|--:|--:|--:|\n");
        foreach (var rate in result.Rates)
            text.Append(CultureInfo.InvariantCulture, $"| {rate.Contender} | {Numbers.Show(rate.Median)} {rate.Unit} | {Spread(rate)} | {Ratio(rate, result.Baseline)} |\n");
        if (result.More.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n| | also measured | median | least to most |\n|---|---|--:|--:|\n");
            foreach (var more in result.More)
                text.Append(CultureInfo.InvariantCulture, $"| {more.Contender} | {more.What} | {Numbers.Show(more.Median)} {more.Unit} | {Spread(more)} |\n");
        }

        AppendLines(text, "Goals:\n\n", [.. comparison.Goals.Select(g => g.Report(result))]);
        AppendLines(text, string.Empty, [.. comparison.Notes.Concat(comparison.Contenders.Select(c => c.WhyMissing).OfType<string>().Select(w => $"Skipped out: {w}")).Distinct(StringComparer.Ordinal)]);
        var kind = scale.IsShort
            ? "A short run: it shows that everything works, its figures mean nothing."
            : comparison.IsPartial ? "A run with fewer files." : "A full run.";
        AppendLines(text, string.Empty, [string.Create(CultureInfo.InvariantCulture, $"{kind} {Environment.ProcessorCount} processors, {DateTime.UtcNow:yyyy-MM-dd}.")]);
        return text.ToString();
    }

    private static string Spread(Measurement measurement) => $"{Numbers.Show(measurement.Least)} to {Numbers.Show(measurement.Most)}";

    private static string Ratio(Measurement rate, Measurement? baseline) =>
        baseline is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{Numbers.Show(rate.Median / baseline.Median)} x");

    private static void AppendLines(StringBuilder text, string head, string[] lines)
    {
        if (lines.Length > 0)
            text.Append('\n').Append(head).AppendJoin(head.Length > 0 ? "\n" : "\n\n", lines).Append('\n');
    }
}
