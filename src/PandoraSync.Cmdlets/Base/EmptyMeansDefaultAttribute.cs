using System;
using System.Management.Automation;

namespace PandoraSync.Cmdlets.Base;

/// <summary>Takes an empty text for a default: an empty cell of a CSV file says nothing, and PowerShell would make it 0.</summary>
/// <param name="value">The default.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EmptyMeansDefaultAttribute(object value) : ArgumentTransformationAttribute
{
    /// <summary>The default.</summary>
    public object Value => value;

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        CellText.IsBlank(inputData) ? value : inputData;
}
