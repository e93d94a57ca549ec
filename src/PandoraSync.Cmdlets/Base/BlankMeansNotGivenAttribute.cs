using System;
using System.Management.Automation;

namespace PandoraSync.Cmdlets.Base;

/// <summary>
/// Takes an empty text for nothing where a text cannot be meant: an empty cell of a CSV file says nothing. Another text is refused: PowerShell
/// would say nothing, and give no passphrase.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class BlankMeansNotGivenAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if (CellText.IsBlank(inputData))
            return null;
        return CellText.Unwrap(inputData) is string
            ? throw new ArgumentTransformationMetadataException("A text is no passphrase: give a SecureString, as Read-Host -AsSecureString makes it.")
            : inputData;
    }
}
