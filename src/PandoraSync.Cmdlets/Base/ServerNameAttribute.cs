using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using System.Net;

namespace PandoraSync.Cmdlets.Base;

/// <summary>
/// Takes names and addresses, and of other objects the property that names their server. Others are refused: PowerShell would make a text of any
/// object, and that text a host name.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ServerNameAttribute : ArgumentTransformationAttribute
{
    private static readonly string[] Names = [nameof(SessionCmdlet.ComputerName), "Server", "Site", "HostName"];

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData) => CellText.Unwrap(inputData) switch
    {
        // An array from another process is a list here.
        IList several => several.Cast<object?>().Select(NameIn).ToArray(),
        var one => NameIn(one is PSCustomObject ? inputData : one),
    };

    private static object? NameIn(object? item)
    {
        if (CellText.Unwrap(item) is null or string or IPAddress)
            return item;
        var whole = PSObject.AsPSObject(item);
        var named = Names.Select(name => whole.Properties[name]).FirstOrDefault(property => property is not null);
        return named is null ? throw new ArgumentTransformationMetadataException(WhyNot(whole)) : named.Value?.ToString() ?? string.Empty;
    }

    private static string WhyNot(PSObject item) => item.BaseObject is PSCustomObject
        ? $"The object has no {Names[0]} (or {string.Join(", ", Names.Skip(1))}), only {string.Join(", ", item.Properties.Select(p => p.Name))}: name the server's column so."
        : $"A {item.BaseObject.GetType().Name} is no server: give names or addresses with -ComputerName, or pipe sessions.";
}
