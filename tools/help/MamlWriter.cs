using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace PandoraSync.Help;

/// <summary>Writes pages in the schema of Windows PowerShell, which every PowerShell reads; its order of elements counts.</summary>
internal static class MamlWriter
{
    // What Get-Help shows at 80 columns without breaking it.
    private const int CodeWidth = 76;
    private static readonly XNamespace Root = "http://msh";
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>Writes a file.</summary>
    public static void Write(IEnumerable<HelpPage> pages, string path)
    {
        var root = new XElement(Root + "helpItems", new XAttribute("schema", "maml"), pages.Select(Page));
        using var writer = XmlWriter.Create(path, new XmlWriterSettings { Indent = true, NewLineChars = "\n" });
        root.Save(writer);
    }

    private static XElement Page(HelpPage page)
    {
        var name = page.Name.Split('-', 2);
        return new XElement(Command + "command",
            new XAttribute(XNamespace.Xmlns + "maml", Maml), new XAttribute(XNamespace.Xmlns + "command", Command), new XAttribute(XNamespace.Xmlns + "dev", Dev),
            new XElement(Command + "details",
                new XElement(Command + "name", page.Name),
                Text(Maml + "description", [page.Synopsis]),
                new XElement(Command + "verb", name[0]),
                new XElement(Command + "noun", name[1])),
            Text(Maml + "description", PlainText.Paragraphs(page.Content["DESCRIPTION"].Body)),
            new XElement(Command + "syntax", page.Sets.Select(s => Syntax(page, s))),
            new XElement(Command + "parameters", page.Parameters.Select(p => Parameter(p, First(p.Data), inSyntax: false))),
            new XElement(Command + "inputTypes", page.Content["INPUTS"].Sections.Select(s => Typed("inputType", s))),
            new XElement(Command + "returnValues", page.Content["OUTPUTS"].Sections.Select(s => Typed("returnValue", s))),
            new XElement(Maml + "alertSet", Text(Maml + "alert", PlainText.Paragraphs(page.Content["NOTES"].Body))),
            new XElement(Command + "examples", page.Content["EXAMPLES"].Sections.Select(Example)),
            new XElement(Maml + "relatedLinks", Links(page.Content["RELATED LINKS"].Body)));
    }

    /// <summary>A set with its parameters in the order of its line.</summary>
    private static XElement Syntax(HelpPage page, PageSet set) => new(Command + "syntaxItem",
        new XElement(Maml + "name", page.Name),
        Regex.Matches(set.Syntax, @"(?<=[\s\[])-(?<name>\w+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5)).Select(match =>
        {
            var parameter = page.Parameters.FirstOrDefault(p => string.Equals(p.Name, match.Groups["name"].Value, StringComparison.Ordinal))
                ?? throw new FormatException($"{page.Path}: '{match.Value}' stands in the syntax, but the page does not tell of it. Run tools/help/Update-Help.ps1.");
            var use = parameter.Data.ParameterSets.FirstOrDefault(s => string.Equals(s.Name, set.Name, StringComparison.Ordinal)) ?? First(parameter.Data);
            return Parameter(parameter, use, inSyntax: true);
        }));

    // A page that has not been brought in step yet may know of none.
    private static ParameterSetData First(ParameterData data) => data.ParameterSets.FirstOrDefault() ?? new ParameterSetData();

    private static XElement Parameter(PageParameter parameter, ParameterSetData use, bool inSyntax)
    {
        var data = parameter.Data;
        var isSwitch = data.Type.EndsWith(".SwitchParameter", StringComparison.Ordinal);
        var type = data.Type.StartsWith("System.Nullable`1[", StringComparison.Ordinal) ? data.Type["System.Nullable`1[".Length..].TrimEnd(']') : data.Type;
        var input = (use.ValueFromPipeline, use.ValueFromPipelineByPropertyName) switch
        {
            (true, true) => "True (ByPropertyName, ByValue)",
            (true, false) => "True (ByValue)",
            (false, true) => "True (ByPropertyName)",
            _ => "False",
        };
        return new XElement(Command + "parameter",
            new XAttribute("required", use.IsRequired), new XAttribute("variableLength", type.EndsWith("[]", StringComparison.Ordinal)), new XAttribute("globbing", data.SupportsWildcards),
            new XAttribute("pipelineInput", input), new XAttribute("position", use.Position.ToLowerInvariant()), new XAttribute("aliases", data.Aliases.Count > 0 ? string.Join(", ", data.Aliases) : "none"),
            new XElement(Maml + "name", parameter.Name),
            Text(Maml + "description", PlainText.Paragraphs(parameter.Words)),
            inSyntax && data.AcceptedValues.Count > 0
                ? new XElement(Command + "parameterValueGroup", data.AcceptedValues.Select(v => new XElement(Command + "parameterValue", new XAttribute("required", "false"), new XAttribute("variableLength", "false"), v)))
                : null,
            isSwitch && inSyntax ? null : new XElement(Command + "parameterValue", new XAttribute("required", !isSwitch), new XAttribute("variableLength", "false"), ShortName(type)),
            new XElement(Dev + "type", new XElement(Maml + "name", type), new XElement(Maml + "uri")),
            data.DefaultValue.Length > 0 ? new XElement(Dev + "defaultValue", data.DefaultValue) : null);
    }

    /// <summary>A type as people call it.</summary>
    private static string ShortName(string type) => type switch
    {
        "System.Management.Automation.SwitchParameter" => "SwitchParameter",
        "System.Int32" or "System.Int32[]" => type.Replace("System.Int32", "int", StringComparison.Ordinal),
        "System.Int64" => "long",
        "System.String" or "System.String[]" or "System.Double" or "System.Object" or "System.TimeSpan" => type["System.".Length..].ToLowerInvariant(),
        _ => type[(type.LastIndexOf('.') + 1)..],
    };

    private static XElement Typed(string element, Section section) => new(Command + element,
        new XElement(Dev + "type", new XElement(Maml + "name", section.Title), new XElement(Maml + "uri")),
        Text(Maml + "description", PlainText.Paragraphs(section.Body)));

    /// <summary>The code is what stands in the fences of PowerShell; all words are remarks behind it: an introduction is shown in one line with the code, since its place is that of a prompt.</summary>
    private static XElement Example(Section section)
    {
        var blocks = Markdig.Markdown.Parse(section.Body, Section.Markdown).ToArray();
        var codes = blocks.OfType<FencedCodeBlock>().Where(b => string.Equals(b.Info, "powershell", StringComparison.OrdinalIgnoreCase)).ToArray();
        if (codes.Length != 1)
            throw new FormatException($"'{section.Title}' has {codes.Length} blocks of PowerShell; an example has one.");
        if (PlainText.Code(codes[0]).Split('\n').FirstOrDefault(l => l.Length > CodeWidth) is { } line)
            throw new FormatException($"'{section.Title}': the line '{line}' is longer than {CodeWidth} characters, and Get-Help would break it.");
        var at = Array.IndexOf(blocks, codes[0]);
        return new XElement(Command + "example",
            new XElement(Maml + "title", $"--- {section.Title} ---"),
            new XElement(Dev + "code", PlainText.Code(codes[0])),
            // An empty paragraph keeps the next example apart.
            Text(Dev + "remarks", [.. PlainText.Paragraphs([.. blocks[..at], .. blocks[(at + 1)..]]), string.Empty]));
    }

    private static IEnumerable<XElement> Links(string markdown) => Markdig.Markdown.Parse(markdown, Section.Markdown).Descendants<LinkInline>().Select(link =>
    {
        var url = link.Url ?? string.Empty;
        return new XElement(Maml + "navigationLink",
            new XElement(Maml + "linkText", string.Concat(link.Descendants<LiteralInline>().Select(l => l.Content.ToString()))),
            new XElement(Maml + "uri", url.Contains("://", StringComparison.Ordinal) ? url : string.Empty));
    });

    private static XElement Text(XName name, IEnumerable<string> paragraphs) => new(name, paragraphs.Select(p => new XElement(Maml + "para", p)));
}
