using System;
using System.Linq;
using System.Management.Automation.Language;

namespace PandoraSync.Host;

/// <summary>Reads statements at a terminal and runs each when it is whole, until <c>exit</c> or the end of input.</summary>
internal sealed class PromptLoop(EngineSession session)
{
    private const string ContinuationPrompt = ">> ";

    /// <returns>The code that <c>exit</c> gave.</returns>
    public int Run()
    {
        while (session.Host is { ExitCode: null, NestedPromptEnded: false })
        {
            string? statement;
            try
            {
                statement = ReadStatement();
            }
            catch (OperationCanceledException)
            {
                continue; // Ctrl+C throws the line away.
            }

            if (statement is null)
                break;
            if (!string.IsNullOrWhiteSpace(statement))
                session.RunCommand(statement);
        }

        return session.Host.ExitCode ?? 0;
    }

    private string? ReadStatement()
    {
        var reader = session.Host.Console.Reader;
        var text = reader.ReadStatementLine(session.Prompt());
        while (text is not null && IsIncomplete(text))
        {
            var more = reader.ReadStatementLine(ContinuationPrompt);
            if (more is null)
                break;
            text += "\n" + more;
        }

        return text;
    }

    private static bool IsIncomplete(string text)
    {
        Parser.ParseInput(text, out _, out var errors);
        return errors.Any(error => error.IncompleteInput);
    }
}
