using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using PandoraSync.Cmdlets.Servers;

namespace PandoraSync.Cmdlets.Base;

/// <summary>Completes servers: those of sessions, and those that run in this process.</summary>
public sealed class ServerCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        SessionRegistry.All.Select(s => (Server: s.Inner.Endpoint.ToString(), Tip: $"session {s.Name}"))
            .Concat(ServerRegistry.All.SelectMany(s => s.Endpoints.Select(e => (Server: Callable(e), Tip: $"runs here, number {s.Id}"))))
            .GroupBy(s => s.Server, StringComparer.OrdinalIgnoreCase)
            .Select(g => g.First())
            .Where(s => s.Server.StartsWith(wordToComplete.Trim('\'', '"'), StringComparison.OrdinalIgnoreCase))
            .Select(s => new CompletionResult(Quote(s.Server), s.Server, CompletionResultType.ParameterValue, $"{s.Server}: {s.Tip}"));

    private static string Callable(string endpoint) => endpoint.Replace("0.0.0.0:", "127.0.0.1:").Replace("[::]:", "127.0.0.1:");

    // [::1]:41121 would be an index.
    private static string Quote(string server) => server[0] == '[' ? $"'{server}'" : server;
}
