using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace PandoraSync.Cmdlets.Files;

/// <summary>Completes the usual folders of a Tentacle server.</summary>
public sealed class FolderCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        FolderSamples.Folders
            .Where(f => f.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase))
            .Select(f => new CompletionResult(f));
}
