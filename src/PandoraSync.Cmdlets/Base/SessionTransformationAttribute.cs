using System;
using System.Management.Automation;

namespace PandoraSync.Cmdlets.Base;

/// <summary>Lets a session be given by its name or number, or several by theirs.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SessionTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = CellText.Unwrap(inputData);
        if (value is object[] several)
            return Array.ConvertAll(several, one => Transform(engineIntrinsics, one));
        if (value is not (string or int))
            return inputData;
        var text = Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!;
        return SessionRegistry.Find(text)
            ?? throw new ArgumentTransformationMetadataException($"There is no session '{text}': Get-TentacleSession lists them, New-TentacleSession makes one.");
    }
}
