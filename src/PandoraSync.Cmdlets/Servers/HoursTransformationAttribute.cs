using System;
using System.Globalization;
using System.Management.Automation;

namespace PandoraSync.Cmdlets.Servers;

/// <summary>Takes a bare number for hours, as tentacle_server.conf does; a TimeSpan would count it as ten-millionths of a second, or as text as days.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class HoursTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        var text = Convert.ToString(value, CultureInfo.InvariantCulture);
        if (value is TimeSpan)
            return value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var hours) && Math.Abs(hours) <= 1_000_000)
            return TimeSpan.FromHours(hours);
        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time)
            ? time
            : throw new ArgumentTransformationMetadataException($"'{text}' is no length of time: give hours, or days and hours such as 3.12:00:00.");
    }
}
