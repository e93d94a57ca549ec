using System.Management.Automation;

namespace PandoraSync.Cmdlets.Base;

/// <summary>What the cells of a CSV file, which are texts, mean to parameters of other types.</summary>
internal static class CellText
{
    /// <summary>The value without PowerShell's wrapping.</summary>
    public static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;

    /// <summary>True for null and for a text of white space: nothing was given.</summary>
    public static bool IsBlank(object? value) => Unwrap(value) is var inner && (inner is null || (inner is string text && string.IsNullOrWhiteSpace(text)));
}
