using System;
using System.Collections.Generic;
using System.IO;

namespace PandoraSync.Bench;

/// <summary>Copies the sections and charts of full runs into docs/performance.md, between its two markers, and docs/images.</summary>
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

        var sections = new List<string>();
        var missing = new List<string>();
        var images = Directory.CreateDirectory(Path.Combine("docs", "images")).FullName;
        foreach (var name in Suite.Names)
        {
            if (results.FullSection(name) is { } section)
            {
                File.Copy(results.ChartOf(name), Path.Combine(images, name + ".svg"), overwrite: true);
                sections.Add(section.Replace($"]({name}.svg)", $"](images/{name}.svg)", StringComparison.Ordinal));
            }
            else
            {
                missing.Add(name);
            }
        }

        if (sections.Count == 0)
            throw new BenchFailedException("There is no result of a full run in artifacts/bench.");
        File.WriteAllText(Page, $"{text[..(from + Start.Length)]}\n\n{string.Join('\n', sections)}\n{text[to..]}");
        return $"Published {sections.Count} comparisons{(missing.Count > 0 ? $"; no full run of: {string.Join(", ", missing)}" : string.Empty)}.";
    }
}
