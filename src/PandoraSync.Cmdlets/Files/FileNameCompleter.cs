using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Cmdlets.Sessions;
using PandoraSync.Protocol;
using PandoraSync.Transport;

namespace PandoraSync.Cmdlets.Files;

/// <summary>
/// Completes the names of the files at the server of the session, or of the host that is given. A host is asked only where it takes neither a
/// password nor TLS: those are known when the command runs, and not before.
/// </summary>
public sealed class FileNameCompleter : IArgumentCompleter
{
    // Whoever presses Tab waits for this.
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(2);
    private const int MostNames = 200;
    private static readonly string[] Secret = ["Credential", "CaPath", "CertificatePath", "KeyPath", "Fingerprint", "CrlPath", "SkipHostNameCheck", "SkipCertificateCheck", "Proxy"];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        if ((FindSession(fakeBoundParameters["Session"]) ?? MakeSession(fakeBoundParameters)) is not { } session)
            return [];
        var folder = fakeBoundParameters["Folder"] as string ?? string.Empty;
        var pattern = new WildcardPattern(wordToComplete.Trim('\'', '"') + "*", WildcardOptions.IgnoreCase);
        return List(session, folder)
            .Where(l => l.UnsafeReason is null && pattern.IsMatch(l.Name))
            .OrderBy(l => l.Name, StringComparer.Ordinal)
            .Take(MostNames)
            .Select(l => new CompletionResult(SessionCompleter.Quote(l.Name), l.Name, CompletionResultType.ParameterValue, $"{l.Name} at {session.Endpoint}"));
    }

    private static TentacleSession? FindSession(object? given) => (given is PSObject wrapped ? wrapped.BaseObject : given) switch
    {
        RegisteredSession session => session.Inner,
        string or int => SessionRegistry.Find(Convert.ToString(given, CultureInfo.InvariantCulture)!)?.Inner,
        _ => null,
    };

    private static TentacleSession? MakeSession(IDictionary given)
    {
        if (given["ComputerName"] is not string host || Secret.Any(given.Contains))
            return null;
        try
        {
            var port = LanguagePrimitives.TryConvertTo<int>(given["Port"], CultureInfo.InvariantCulture, out var number) && number > 0 ? number : TentacleLimits.DefaultPort;
            return new TentacleSession(new TentacleClientOptions(TentacleEndpoint.Parse(host, port)) { Timeout = IdleTimeout, RetryCount = 0 });
        }
        catch (TentacleException)
        {
            // Not a host, or not yet: it is still being typed.
            return null;
        }
    }

    private static IReadOnlyList<ListedName> List(TentacleSession session, string folder)
    {
        try
        {
            using var limit = new CancellationTokenSource(IdleTimeout);
            return Task.Run(() => session.UseAsync(client => client.ListAsync(FolderSamples.Of(folder), limit.Token), isRepeatable: false, say: null, limit.Token)).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is TentacleException or OperationCanceledException)
        {
            // A server that does not answer has no names to offer; the command itself will say why.
            return [];
        }
    }
}
