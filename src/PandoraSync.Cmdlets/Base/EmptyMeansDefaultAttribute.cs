using System;
using System.Globalization;
using System.Management.Automation;

namespace PandoraSync.Cmdlets.Base;

/// <summary>
/// Takes an empty text for a default: an empty cell of a CSV file says nothing, and PowerShell would make it 0. A text that is no number is refused:
/// PowerShell would say nothing, and take the default.
/// </summary>
/// <param name="value">The default.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EmptyMeansDefaultAttribute(object value) : ArgumentTransformationAttribute
{
    /// <summary>The default.</summary>
    public object Value => value;

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if (CellText.IsBlank(inputData))
            return value;
        return CellText.Unwrap(inputData) is string text && !LanguagePrimitives.TryConvertTo(text, value.GetType(), CultureInfo.InvariantCulture, out _)
            ? throw new ArgumentTransformationMetadataException($"'{text}' is not a number{(value is int ? " without decimals" : string.Empty)}.")
            : inputData;
    }
}
