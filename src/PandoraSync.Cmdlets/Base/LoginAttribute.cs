using System;
using System.Management.Automation;

namespace PandoraSync.Cmdlets.Base;

/// <summary>As <see cref="CredentialAttribute"/>, which asks for the password of a user's name; but an empty cell of a CSV file says nothing, and nobody is asked.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class LoginAttribute : ArgumentTransformationAttribute
{
    private static readonly CredentialAttribute Asking = new();

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        CellText.IsBlank(inputData) ? null : Asking.Transform(engineIntrinsics, inputData);
}
