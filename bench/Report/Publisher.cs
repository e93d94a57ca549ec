using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace PandoraSync.Bench;

/// <summary>Copies the sections and charts of full runs into docs/performance.md, between its two markers, and docs/images; a comparison without such a run keeps its section, which says of which day it is.</summary>
internal sealed class Publisher(ResultFolder results)
{
    private const string Start = "<!-- results: written by bench --publish -->";
    private const string End = "<!-- end of results -->";
    private static readonly string Page = Path.Combine("docs", "performance.md");

    /// <summary>Does it.</summary>
    /// <returns>One line that says what was copied and what was not.</returns>
    /// <exception cref="BenchFailedException">The page or its markers are missing, or there is nothing to copy.</exception>
    public string Publish()
    {
        if (!File.Exists(Page))
            throw new BenchFailedException($"{Page} is not here: run this in the repository's root.");
        var text = File.ReadAllText(Page);
        var from = text.IndexOf(Start, StringComparison.Ordinal);
        var to = text.IndexOf(End, StringComparison.Ordinal);
        if (from < 0 || to < from)
            throw new BenchFailedException($"{Page} does not have the lines '{Start}' and '{End}'.");

        var before = Sections(text[(from + Start.Length)..to]);
        var sections = new List<string>();
        var kept = new List<string>();
        var images = Directory.CreateDirectory(Path.Combine("docs", "images")).FullName;
        foreach (var name in Suite.Names)
        {
            if (results.FullSection(name) is { } section)
            {
                File.Copy(results.ChartOf(name), Path.Combine(images, name + ".svg"), overwrite: true);
                sections.Add(section.Replace($"]({name}.svg)", $"](images/{name}.svg)", StringComparison.Ordinal).Trim());
            }
            else
            {
                kept.Add(name);
                if (before.Find(s => s.StartsWith($"### {name}: ", StringComparison.Ordinal)) is { } old)
                    sections.Add(old);
            }
        }

        if (kept.Count == Suite.Names.Count)
            throw new BenchFailedException("There is no result of a full run in artifacts/bench.");
        File.WriteAllText(Page, $"{text[..(from + Start.Length)]}\n\n{string.Join("\n\n", sections)}\n\n{text[to..]}");
        return $"Published {Suite.Names.Count - kept.Count} comparisons{(kept.Count > 0 ? $"; left as they were, for no full run is here: {string.Join(", ", kept)}" : string.Empty)}.";
    }

    private static List<string> Sections(string results) =>
        [.. results.Split("\n### ").Skip(1).Select(s => $"### {s.Trim()}")];
}
