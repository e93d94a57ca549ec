using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace PandoraSync.Help;

/// <summary>Writes a page anew: words from the page, everything else from the cmdlet.</summary>
internal static class PageUpdater
{
    private const string ToDo = "{{ Fill in the words }}";
    private const int Width = 80;

    // In the words of the shell's own pages.
    private static readonly Dictionary<string, string> CommonWords = new(StringComparer.Ordinal)
    {
        ["Confirm"] = "Prompts you for confirmation before running the cmdlet.",
        ["WhatIf"] = "Shows what would happen if the cmdlet runs. The cmdlet is not run.",
    };

    private const string CommonParameters = """
        This cmdlet supports the common parameters: -Debug, -ErrorAction, -ErrorVariable,
        -InformationAction, -InformationVariable, -OutBuffer, -OutVariable,
        -PipelineVariable, -ProgressAction, -Verbose, -WarningAction, and
        -WarningVariable. For more information, see
        [about_CommonParameters](https://go.microsoft.com/fwlink/?LinkID=113216).
        """;

    /// <summary>The text of the page of a cmdlet.</summary>
    public static string Update(HelpPage page, CommandData command)
    {
        var text = new StringBuilder();
        text.Append("---\n").Append(page.FrontMatter.Trim()).Append("\n---\n\n");
        text.Append($"# {command.Name}\n\n## SYNOPSIS\n\n").Append(page.Content["SYNOPSIS"].Body).Append("\n\n## SYNTAX\n\n");
        foreach (var set in command.Sets)
            text.Append($"### {set.Name}{(set.IsDefault ? " (Default)" : string.Empty)}\n\n```\n{Wrap($"{command.Name} {set.Syntax}")}\n```\n\n");
        text.Append("## ALIASES\n\n");
        Append(text, page.Content["ALIASES"].Body);
        Append(text, page.Content["DESCRIPTION"]);
        Append(text, page.Content["EXAMPLES"]);
        text.Append("## PARAMETERS\n\n");
        foreach (var (name, data) in command.Parameters.OrderBy(p => p.Key, StringComparer.Ordinal))
            AppendParameter(text, name, data, page.Parameters.FirstOrDefault(p => string.Equals(p.Name, name, StringComparison.Ordinal)));
        text.Append($"### CommonParameters\n\n{CommonParameters.ReplaceLineEndings("\n")}\n\n");
        foreach (var title in new[] { "INPUTS", "OUTPUTS", "NOTES", "RELATED LINKS" })
            Append(text, page.Content[title]);
        return text.ToString().TrimEnd() + "\n";
    }

    /// <summary>The text of the page of the module: the list of its cmdlets with their synopses.</summary>
    public static string UpdateModule(HelpPage module, IEnumerable<HelpPage> pages)
    {
        var text = new StringBuilder();
        text.Append("---\n").Append(module.FrontMatter.Trim()).Append("\n---\n\n");
        text.Append($"# {module.Name}\n\n## Description\n\n").Append(module.Content["Description"].Body).Append("\n\n## PandoraSync\n\n");
        foreach (var page in pages)
            text.Append($"### [{page.Name}]({page.Name}.md)\n\n{page.Content["SYNOPSIS"].Body}\n\n");
        return text.ToString().TrimEnd() + "\n";
    }

    private static void AppendParameter(StringBuilder text, string name, ParameterData data, PageParameter? old)
    {
        // Where the code leaves a default to somebody else, the page says it.
        if (data.DefaultValue.Length == 0 && old is not null)
            data.DefaultValue = old.Data.DefaultValue;
        var words = old?.Words is { Length: > 0 } given ? given : CommonWords.GetValueOrDefault(name, ToDo);
        text.Append($"### -{name}\n\n{words}\n\n```yaml\n{data.Write()}\n```\n\n");
    }

    private static void Append(StringBuilder text, Section section)
    {
        text.Append($"## {section.Title}\n\n");
        Append(text, section.Body);
        foreach (var inner in section.Sections)
        {
            text.Append($"### {inner.Title}\n\n");
            Append(text, inner.Body);
        }
    }

    private static void Append(StringBuilder text, string body)
    {
        if (body.Length > 0)
            text.Append(body).Append("\n\n");
    }

    private static string Wrap(string syntax)
    {
        var lines = new List<string>();
        var line = string.Empty;
        foreach (var part in SplitParts(syntax))
        {
            if (line.Length > 0 && line.Length + 1 + part.Length > Width)
            {
                lines.Add(line);
                line = string.Empty;
            }

            line += (line.Length == 0 && lines.Count == 0 ? string.Empty : " ") + part;
        }

        return string.Join('\n', [.. lines, line]);
    }

    // A parameter and its value stay on one line: "-Port <int>", "[-Port <int>]".
    private static IEnumerable<string> SplitParts(string syntax)
    {
        var part = string.Empty;
        foreach (var word in syntax.Split(' '))
        {
            if (part.Length > 0 && !word.StartsWith('<'))
            {
                yield return part;
                part = string.Empty;
            }

            part += (part.Length == 0 ? string.Empty : " ") + word;
        }

        yield return part;
    }
}
