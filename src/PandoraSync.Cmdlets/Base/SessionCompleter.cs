using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace PandoraSync.Cmdlets.Base;

/// <summary>Completes the names of sessions.</summary>
public sealed class SessionCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        SessionRegistry.All
            .Where(s => s.Name.StartsWith(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase))
            .Select(s => new CompletionResult(Quote(s.Name), s.Name, CompletionResultType.ParameterValue, $"{s.Name}: {s.Inner.Endpoint}"));

    /// <summary>A text as an argument: in quotes where it needs them.</summary>
    internal static string Quote(string name) => name.All(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.') ? name : $"'{name.Replace("'", "''")}'";
}
