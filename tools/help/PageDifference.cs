using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace PandoraSync.Help;

/// <summary>Says where a page differs from what it should be, in words of the page.</summary>
internal static class PageDifference
{
    /// <summary>One line for each difference: the page, the place, what stands there, what should.</summary>
    public static IEnumerable<string> Find(string path, string wanted)
    {
        var page = Path.GetFileNameWithoutExtension(path);
        var current = Places(File.ReadAllText(path).ReplaceLineEndings("\n"));
        var should = Places(wanted);
        foreach (var place in should.Keys.Concat(current.Keys).Distinct(StringComparer.Ordinal))
        {
            if (!current.TryGetValue(place, out var have))
                yield return $"{page}: {place} is missing";
            else if (!should.TryGetValue(place, out var want))
                yield return $"{page}: {place} is on the page, but the cmdlet does not have it";
            else if (have.Zip(want).FirstOrDefault(l => !string.Equals(l.First, l.Second, StringComparison.Ordinal)) is { First: not null } line)
                yield return $"{page}: {place} says '{line.First}', the cmdlet '{line.Second}'";
            else if (have.Count != want.Count)
                yield return $"{page}: {place} has {have.Count} lines, from the cmdlet come {want.Count}";
        }
    }

    // The lines below each heading, by the headings above them.
    private static Dictionary<string, List<string>> Places(string text)
    {
        var places = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var (section, place, isCode) = (string.Empty, "the beginning", false);
        foreach (var line in text.Split('\n'))
        {
            isCode ^= line.StartsWith("```", StringComparison.Ordinal);
            if (!isCode && line.StartsWith("## ", StringComparison.Ordinal))
                section = place = line[3..];
            else if (!isCode && line.StartsWith("### ", StringComparison.Ordinal))
                place = $"{section}: {line[4..]}";
            else if (line.Length > 0)
                (places.TryGetValue(place, out var lines) ? lines : places[place] = []).Add(line);
        }

        return places;
    }
}
