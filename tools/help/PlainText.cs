using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace PandoraSync.Help;

/// <summary>Markdown as text for a console: one text a paragraph, without marks.</summary>
internal static class PlainText
{
    /// <summary>The paragraphs of a text. Items of a list, and lines of code, stay lines.</summary>
    public static IEnumerable<string> Paragraphs(string markdown) => Paragraphs(Markdig.Markdown.Parse(markdown, Section.Markdown));

    /// <summary>The same of parts of a text that has been read.</summary>
    public static IEnumerable<string> Paragraphs(IEnumerable<Block> blocks) => blocks.Select(Text).Where(t => t.Length > 0);

    /// <summary>The lines of a fenced block.</summary>
    public static string Code(FencedCodeBlock block) => block.Lines.ToString().TrimEnd();

    /// <summary>One line of Markdown.</summary>
    public static string Line(string markdown) => string.Join(' ', Paragraphs(markdown));

    private static string Text(Block block) => block switch
    {
        LeafBlock { Inline: { } inline } => Text(inline),
        FencedCodeBlock code => Code(code),
        CodeBlock code => code.Lines.ToString().TrimEnd(),
        ListBlock list => string.Join('\n', list.OfType<ListItemBlock>().Select((item, i) => $"{(list.IsOrdered ? $"{i + 1}." : "-")} {string.Join(' ', Paragraphs(item))}")),
        ContainerBlock container => string.Join('\n', Paragraphs(container)),
        LeafBlock => string.Empty,
        _ => throw new FormatException($"A {block.GetType().Name} in line {block.Line + 1} has no form in a console."),
    };

    private static string Text(ContainerInline container)
    {
        var text = new StringBuilder();
        foreach (var inline in container)
        {
            text.Append(inline switch
            {
                LiteralInline literal => literal.Content.ToString(),
                CodeInline code => code.Content,
                LineBreakInline => " ",
                HtmlEntityInline entity => entity.Transcoded.ToString(),
                AutolinkInline link => link.Url,
                LinkInline { Url: { } url } link when url.Contains("://", StringComparison.Ordinal) => $"{Text(link)} ({url})",
                ContainerInline inner => Text(inner),
                _ => throw new FormatException($"A {inline.GetType().Name} in line {inline.Line + 1} has no form in a console."),
            });
        }

        return text.ToString().Trim();
    }
}
