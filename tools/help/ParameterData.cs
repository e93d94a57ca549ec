using System;
using System.Collections.Generic;
using YamlDotNet.Serialization;

namespace PandoraSync.Help;

/// <summary>What a page says about a parameter apart from words; the names are those of PlatyPS's schema.</summary>
internal sealed class ParameterData
{
    public string Type { get; set; } = string.Empty;

    public string DefaultValue { get; set; } = string.Empty;

    public bool SupportsWildcards { get; set; }

    public List<string> Aliases { get; set; } = [];

    public List<ParameterSetData> ParameterSets { get; set; } = [];

    public bool DontShow { get; set; }

    public List<string> AcceptedValues { get; set; } = [];

    public string HelpMessage { get; set; } = string.Empty;

    /// <summary>Reads the block of a page.</summary>
    public static ParameterData Read(string yaml) => new DeserializerBuilder().Build().Deserialize<ParameterData>(yaml) ?? throw new FormatException("The block is empty.");

    /// <summary>Writes the block, line by line as PlatyPS does.</summary>
    public string Write()
    {
        var lines = new List<string> { $"Type: {Type}", $"DefaultValue: {Quote(DefaultValue)}", $"SupportsWildcards: {Flag(SupportsWildcards)}" };
        AddList(lines, "Aliases", Aliases);
        lines.Add("ParameterSets:");
        foreach (var set in ParameterSets)
        {
            lines.AddRange([
                $"- Name: {set.Name}", $"  Position: {set.Position}", $"  IsRequired: {Flag(set.IsRequired)}", $"  ValueFromPipeline: {Flag(set.ValueFromPipeline)}",
                $"  ValueFromPipelineByPropertyName: {Flag(set.ValueFromPipelineByPropertyName)}", $"  ValueFromRemainingArguments: {Flag(set.ValueFromRemainingArguments)}",
            ]);
        }

        lines.Add($"DontShow: {Flag(DontShow)}");
        AddList(lines, "AcceptedValues", AcceptedValues);
        lines.Add($"HelpMessage: {Quote(HelpMessage)}");
        return string.Join('\n', lines);
    }

    private static void AddList(List<string> lines, string name, List<string> values)
    {
        lines.Add(values.Count == 0 ? $"{name}: []" : $"{name}:");
        foreach (var value in values)
            lines.Add($"- {value}");
    }

    private static string Flag(bool value) => value ? "true" : "false";

    private static string Quote(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
}
