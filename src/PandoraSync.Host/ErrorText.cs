using System;
using System.IO;
using System.Linq;
using System.Management.Automation;

namespace PandoraSync.Host;

/// <summary>An error record as a line for people: who says it, what is wrong, and where in a script it happened.</summary>
internal static class ErrorText
{
    /// <summary>What ended a pipeline.</summary>
    public static string Of(RuntimeException exception) => exception is ParseException unread ? Of(unread) : Of(exception.ErrorRecord);

    public static string Of(ErrorRecord record)
    {
        if (record.Exception is ParseException unread)
            return Of(unread);
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

    /// <summary>A script that cannot be read has a line for each of its errors.</summary>
    private static string Of(ParseException unread) => unread.Errors is { Length: > 0 } errors
        ? string.Join(Environment.NewLine, errors.Select(error => Line(error.Message) + Place(error.Extent.File, error.Extent.StartLineNumber)))
        : Line(unread.Message);

    private static string Line(string text) => text.ReplaceLineEndings(" ").Trim();

    private static string Place(string? script, int line) =>
        !string.IsNullOrEmpty(script) ? $" ({Path.GetFileName(script)}, line {line})" : line > 1 ? $" (line {line})" : string.Empty;
}
