using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace PandoraSync.Cmdlets.Base;

/// <summary>Completes the names of files that may hold certificates or keys, and of folders on the way to them.</summary>
public sealed class CertificateFileCompleter : IArgumentCompleter
{
    private static readonly string[] Endings = [".pem", ".crt", ".cer", ".key", ".crl", ".der"];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionCompleters.CompleteFilename(wordToComplete).Where(found => found.ResultType == CompletionResultType.ProviderContainer
            || Endings.Any(e => found.ListItemText.EndsWith(e, StringComparison.OrdinalIgnoreCase)));
}
