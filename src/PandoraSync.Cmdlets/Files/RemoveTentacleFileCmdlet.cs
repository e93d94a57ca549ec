using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Protocol;

namespace PandoraSync.Cmdlets.Files;

/// <summary>Deletes files at a Tentacle server: takes them with MV and throws their content away.</summary>
[Cmdlet(VerbsCommon.Remove, "TentacleFile", DefaultParameterSetName = ByComputerName, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
public sealed class RemoveTentacleFileCmdlet : SessionCmdlet
{
    private bool _hasWildcards;

    /// <summary>Names, with wildcards. Names from the pipeline are taken as they are: a server chose them, not the person at the keyboard.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(FileNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _hasWildcards = MyInvocation.BoundParameters.ContainsKey(nameof(Name));
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ResolveSession() is not { } session)
            return;
        foreach (var name in Name)
        {
            foreach (var found in Expand(session, name))
            {
                if (ShouldProcess($"{found} at {session.Endpoint}", "Remove file"))
                    TryRun(found, pump => RemoveAsync(session, found, pump));
            }
        }
    }

    private IReadOnlyList<string> Expand(TentacleSession session, string name)
    {
        if (!_hasWildcards || !WildcardPattern.ContainsWildcardCharacters(name))
            return [name];
        var pattern = new WildcardPattern(name, WildcardOptions.CultureInvariant);
        IReadOnlyList<string> found = [];
        TryRun(session.Endpoint, async pump =>
        {
            var listed = await session.UseAsync(client => client.ListAsync(string.Empty, StopToken), isRepeatable: true, pump.Verbose, StopToken).ConfigureAwait(false);
            found = listed.Where(l => l.UnsafeReason is null && pattern.IsMatch(l.Name)).Select(l => l.Name).ToArray();
        });
        return found;
    }

    private async Task RemoveAsync(TentacleSession session, string name, CmdletPump pump)
    {
        var length = await session.UseAsync(
            async client =>
            {
                var deleted = await client.DeleteAsync(name, StopToken).ConfigureAwait(false);

                // A server of ours deletes when the next command shows that we have the content (protocol.md, section 5).
                await client.ProbeAsync(StopToken).ConfigureAwait(false);
                return deleted;
            },
            isRepeatable: false, pump.Verbose, StopToken).ConfigureAwait(false);
        if (length is null)
            throw new TentacleException(TentacleErrorKind.NotFound, $"{session.Endpoint} has no file '{name}'.") { Peer = session.Endpoint, File = name, Step = "MV" };
        pump.Verbose($"{session.Endpoint} has deleted '{name}' ({length} bytes).");
    }
}
