using System;
using System.Collections.Generic;
using System.Linq;
using Markdig;
using Markdig.Extensions.Yaml;
using Markdig.Syntax;

namespace PandoraSync.Help;

/// <summary>A heading of a page with what stands below it, as Markdown. What looks like a heading inside of code is none.</summary>
/// <param name="Title">The heading's text.</param>
/// <param name="Body">What stands before the first heading below it.</param>
/// <param name="Sections">The headings one level below it.</param>
internal sealed record Section(string Title, string Body, IReadOnlyList<Section> Sections)
{
    public static MarkdownPipeline Markdown { get; } = new MarkdownPipelineBuilder().UseYamlFrontMatter().Build();

    /// <summary>Reads a page.</summary>
    /// <returns>The page as the section of its first heading, and its front matter.</returns>
    public static (Section Page, string FrontMatter) Read(string text)
    {
        var document = Markdig.Markdown.Parse(text, Markdown);
        var front = document.OfType<YamlFrontMatterBlock>().FirstOrDefault()?.Lines.ToString() ?? string.Empty;
        var headings = document.OfType<HeadingBlock>().Where(h => h.Level <= 3).ToArray();
        var page = headings.FirstOrDefault() ?? throw new FormatException("The page has no heading.");
        return (Make(text, page, headings), front);
    }

    /// <summary>The section of a title; an empty one if there is none.</summary>
    public Section this[string title] => Sections.FirstOrDefault(s => string.Equals(s.Title, title, StringComparison.OrdinalIgnoreCase)) ?? new Section(title, string.Empty, []);

    private static Section Make(string text, HeadingBlock heading, HeadingBlock[] all)
    {
        var later = all.SkipWhile(h => h != heading).Skip(1).ToArray();
        var own = later.TakeWhile(h => h.Level > heading.Level).ToArray();
        var end = later.Length > 0 ? later[0].Span.Start : text.Length;
        var title = text[heading.Span.Start..(heading.Span.End + 1)].TrimStart('#').Trim();
        return new Section(title, text[(heading.Span.End + 1)..end].Trim(), [.. own.Where(h => h.Level == heading.Level + 1).Select(h => Make(text, h, all))]);
    }
}
