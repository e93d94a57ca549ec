using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Cmdlets.Sessions;
using PandoraSync.Protocol;

namespace PandoraSync.Cmdlets.Files;

/// <summary>Lists the files at a Tentacle server, oldest first.</summary>
[Cmdlet(VerbsCommon.Get, "TentacleFile", DefaultParameterSetName = ByComputerName)]
[OutputType(typeof(TentacleFile))]
public sealed class GetTentacleFileCmdlet : SessionCmdlet
{
    /// <summary>A session from New-TentacleSession, or its name or number; sessions may be piped.</summary>
    [Parameter(ParameterSetName = BySession, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(SessionCompleter))]
    [SessionTransformation]
    public override RegisteredSession Session { get; set; } = null!;

    /// <summary>Names, with wildcards; all by default.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(FileNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = ["*"];

    /// <summary>A folder that the server filters names into: conf, md5, collections, trans, commands, or a file name that lies in it.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(FolderCompleter))]
    public string Folder { get; set; } = string.Empty;

    /// <summary>Asks for each file's length, one question a file.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ResolveSession() is not { } session)
            return;
        var sample = OrThrow(() => FolderSamples.Of(Folder), Folder);
        TryRun(session.Endpoint, pump => ListAsync(session, sample, pump));
    }

    private async Task ListAsync(TentacleSession session, string sample, CmdletPump pump)
    {
        var listed = await session.UseAsync(client => client.ListAsync(sample, StopToken), isRepeatable: true, pump.Verbose, StopToken).ConfigureAwait(false);
        if (sample.Length > 0 && listed.Count > 0)
            await RequireFolderAsync(session, listed, pump).ConfigureAwait(false);
        pump.Verbose($"{session.Endpoint} lists {listed.Count} names.");
        var patterns = Name.Select(n => new WildcardPattern(n, WildcardOptions.CultureInvariant)).ToArray();
        var wanted = listed.Where(l => patterns.Any(p => p.IsMatch(l.Name))).OrderBy(l => AgentDataName.TryGetEpoch(l.Name, out var epoch) ? epoch : long.MaxValue).ThenBy(l => l.Name, StringComparer.Ordinal).ToArray();
        for (var i = 0; i < wanted.Length; i++)
        {
            pump.Output(new TentacleFile(session, wanted[i], Folder, Detailed ? await LengthAsync(session, wanted[i], pump).ConfigureAwait(false) : null));
            if (Detailed)
                pump.Progress(new ProgressRecord(1, $"Asking {session.Endpoint} for lengths", $"{i + 1} of {wanted.Length}") { PercentComplete = 100 * (i + 1) / wanted.Length });
        }

        foreach (var missing in Name.Where(n => !WildcardPattern.ContainsWildcardCharacters(n) && !listed.Any(l => string.Equals(l.Name, n, StringComparison.Ordinal))))
            pump.Error(new TentacleException(TentacleErrorKind.NotFound, $"{session.Endpoint} has no file '{missing}'.") { Peer = session.Endpoint, File = missing, Step = "LS" }, missing);
    }

    /// <summary>A server without such a folder lists the buffer itself (protocol.md, section 2: LS), which is then what was asked for by another name.</summary>
    private async Task RequireFolderAsync(TentacleSession session, IReadOnlyList<ListedName> listed, CmdletPump pump)
    {
        var buffer = await session.UseAsync(client => client.ListAsync(string.Empty, StopToken), isRepeatable: true, pump.Verbose, StopToken).ConfigureAwait(false);
        var names = new HashSet<string>(buffer.Select(l => l.Name), StringComparer.Ordinal);

        // Files come and go between two listings, so not all need be the same.
        if (2 * listed.Count(l => names.Contains(l.Name)) > listed.Count)
            throw new TentacleException(TentacleErrorKind.NotFound, $"{session.Endpoint} has no folder '{Folder}': leave -Folder out to list the buffer itself, or start the server with a filter for it (-Filter, -i).") { Peer = session.Endpoint, File = Folder, Step = "LS" };
    }

    private async Task<long?> LengthAsync(TentacleSession session, ListedName file, CmdletPump pump) => file.UnsafeReason is null
        ? await session.UseAsync(client => client.GetSizeAsync(file.Name, StopToken), isRepeatable: true, pump.Verbose, StopToken).ConfigureAwait(false)
        : null;
}
