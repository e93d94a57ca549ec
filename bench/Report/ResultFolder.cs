using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace PandoraSync.Bench;

/// <summary>artifacts/bench: one section and one chart a comparison, and results.md made of the sections of the last run.</summary>
internal sealed class ResultFolder
{
    /// <summary>The first line of a section that a short run wrote, whose figures are no figures.</summary>
    public const string ShortMark = "<!-- short run -->";

    private readonly string _path = Directory.CreateDirectory(Path.Combine("artifacts", "bench")).FullName;

    /// <summary>The report's path.</summary>
    public string Report => Path.Combine(_path, "results.md");

    /// <summary>Writes a comparison's section and chart.</summary>
    public void Keep(ComparisonResult result, Scale scale)
    {
        File.WriteAllText(ChartOf(result.Comparison.Name), SvgChart.Draw(result));
        File.WriteAllText(SectionOf(result.Comparison.Name), ResultSection.Write(result, scale));
    }

    /// <summary>Writes the report of these comparisons.</summary>
    /// <returns>Its text.</returns>
    public string Assemble(IEnumerable<string> names)
    {
        var text = string.Join('\n', names.Select(n => File.ReadAllText(SectionOf(n))));
        File.WriteAllText(Report, text);
        return text;
    }

    /// <summary>A comparison's section as a full run left it; null if there is none.</summary>
    public string? FullSection(string name)
    {
        if (!File.Exists(SectionOf(name)))
            return null;
        var text = File.ReadAllText(SectionOf(name));
        return text.StartsWith(ShortMark, StringComparison.Ordinal) ? null : text;
    }

    /// <summary>Where a comparison's chart is.</summary>
    public string ChartOf(string name) => Path.Combine(_path, name + ".svg");

    private string SectionOf(string name) => Path.Combine(_path, name + ".md");
}
