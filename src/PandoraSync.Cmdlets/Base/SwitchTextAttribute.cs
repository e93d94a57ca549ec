using System;
using System.Management.Automation;

namespace PandoraSync.Cmdlets.Base;

/// <summary>Lets the cell of a CSV file turn a switch on or off: true, yes, 1, on; false, no, 0, off, or nothing.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SwitchTextAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if (CellText.IsBlank(inputData))
            return false;
        return CellText.Unwrap(inputData) is string text ? IsOn(text.Trim()) : inputData;
    }

    private static bool IsOn(string text) => text.ToLowerInvariant() switch
    {
        "true" or "yes" or "on" or "1" => true,
        "false" or "no" or "off" or "0" => false,
        _ => throw new ArgumentTransformationMetadataException($"'{text}' is neither true nor false."),
    };
}
