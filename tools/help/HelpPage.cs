using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Markdig.Syntax;

namespace PandoraSync.Help;

/// <summary>The page of a cmdlet.</summary>
internal sealed class HelpPage
{
    public HelpPage(string path)
    {
        Path = path;
        Text = File.ReadAllText(path).ReplaceLineEndings("\n");
        (Content, FrontMatter) = Section.Read(Text);
        Parameters = [.. Content["PARAMETERS"].Sections.Where(s => s.Title.StartsWith('-')).Select(ReadParameter)];
        Sets = [.. Content["SYNTAX"].Sections.Select(ReadSet)];
    }

    public string Path { get; }

    public string Text { get; }

    public string FrontMatter { get; }

    public Section Content { get; }

    public string Name => Content.Title;

    /// <summary>Whether it is about a cmdlet, and not about the module.</summary>
    public bool IsCmdlet => FrontMatter.Contains("document type: cmdlet", StringComparison.Ordinal);

    public string Synopsis => PlainText.Line(Content["SYNOPSIS"].Body);

    public IReadOnlyList<PageParameter> Parameters { get; }

    public IReadOnlyList<PageSet> Sets { get; }

    private PageParameter ReadParameter(Section section)
    {
        var blocks = Markdig.Markdown.Parse(section.Body, Section.Markdown);
        var yaml = blocks.OfType<FencedCodeBlock>().LastOrDefault(b => string.Equals(b.Info, "yaml", StringComparison.Ordinal));
        var words = yaml is null ? section.Body : section.Body[..yaml.Span.Start].Trim();
        try
        {
            return new PageParameter(section.Title[1..], words, yaml is null ? new ParameterData() : ParameterData.Read(PlainText.Code(yaml)));
        }
        catch (YamlDotNet.Core.YamlException e)
        {
            throw new FormatException($"{Path}: {section.Title}: {e.Message}", e);
        }
    }

    private static PageSet ReadSet(Section section)
    {
        var line = Markdig.Markdown.Parse(section.Body, Section.Markdown).OfType<FencedCodeBlock>().Select(PlainText.Code).FirstOrDefault() ?? string.Empty;
        return new PageSet(section.Title.Replace(" (Default)", string.Empty, StringComparison.Ordinal), string.Join(' ', line.Split('\n').Select(l => l.Trim())));
    }
}

/// <summary>A parameter on a page.</summary>
internal sealed record PageParameter(string Name, string Words, ParameterData Data);

/// <summary>A parameter set on a page, with its syntax in one line.</summary>
internal sealed record PageSet(string Name, string Syntax);
