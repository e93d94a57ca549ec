namespace PandoraSync.Help;

/// <summary>How a parameter is used in one of the sets that it belongs to.</summary>
internal sealed class ParameterSetData
{
    public string Name { get; set; } = string.Empty;

    /// <summary>A number, or <c>Named</c>.</summary>
    public string Position { get; set; } = string.Empty;

    public bool IsRequired { get; set; }

    public bool ValueFromPipeline { get; set; }

    public bool ValueFromPipelineByPropertyName { get; set; }

    public bool ValueFromRemainingArguments { get; set; }
}
