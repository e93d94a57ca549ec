using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace PandoraSync.Cmdlets.Servers;

/// <summary>Completes the numbers of the servers of this process.</summary>
public sealed class ServerIdCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        from server in ServerRegistry.All
        let id = server.Id.ToString(CultureInfo.InvariantCulture)
        where id.StartsWith(wordToComplete, StringComparison.Ordinal)
        select new CompletionResult(id, id, CompletionResultType.ParameterValue, $"{id}: {server}");
}
