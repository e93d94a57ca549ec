using System;
using System.IO;
using System.Linq;
using System.Management.Automation;

namespace PandoraSync.Host;

/// <summary>An error record as a line for people: who says it, what is wrong, and where in a script it happened.</summary>
internal static class ErrorText
{
    public static string Of(ErrorRecord record)
    {
        if (record.Exception is ParseException { Errors: { Length: > 0 } errors })
            return string.Join(Environment.NewLine, errors.Select(error => Line(error.Message) + Place(error.Extent.File, error.Extent.StartLineNumber)));

        var message = record.ErrorDetails?.Message is { Length: > 0 } details ? details : record.Exception.Message;
        var text = Line(message);
        if (record.InvocationInfo is { } invocation)
        {
            if (invocation.MyCommand is CmdletInfo or FunctionInfo)
                text = $"{invocation.MyCommand.Name}: {text}";
            text += Place(invocation.ScriptName, invocation.ScriptLineNumber);
        }

        if (record.ErrorDetails?.RecommendedAction is { Length: > 0 } action)
            text += Environment.NewLine + "  " + Line(action);
        return text;
    }

    private static string Line(string text) => text.ReplaceLineEndings(" ").Trim();

    private static string Place(string? script, int line) => string.IsNullOrEmpty(script) ? string.Empty : $" ({Path.GetFileName(script)}, line {line})";
}
