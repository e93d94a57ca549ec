using System;
using System.Management.Automation;

namespace PandoraSync.Cmdlets.Base;

/// <summary>Takes an empty text for nothing where a text cannot be meant: an empty cell of a CSV file says nothing.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BlankMeansNotGivenAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => CellText.IsBlank(inputData) ? null : inputData;
}
