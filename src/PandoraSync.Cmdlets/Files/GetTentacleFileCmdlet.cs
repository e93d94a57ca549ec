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
        pump.Progress(new ProgressRecord(1, $"Listing {session.Endpoint}", "waiting for the names"));
        var listed = await session.UseAsync(client => ListAsync(client, sample), isRepeatable: true, pump.Verbose, StopToken).ConfigureAwait(false);
        pump.Verbose(sample.Length > 0 && listed.Count == 0
            ? $"{session.Endpoint} lists nothing in '{Folder}': that is empty, or there is no such folder and the buffer itself is empty; the server's answer is the same."
            : $"{session.Endpoint} lists {listed.Count} names.");
        var patterns = Name.Select(n => new WildcardPattern(n, WildcardOptions.CultureInvariant)).ToArray();
        var wanted = listed.Where(l => patterns.Any(p => p.IsMatch(l.Name))).OrderBy(l => AgentDataName.TryGetEpoch(l.Name, out var epoch) ? epoch : long.MaxValue).ThenBy(l => l.Name, StringComparer.Ordinal).ToArray();
        var asked = 0;
        var rate = new Rate();
        pump.Progress(() => Lengths(session, asked, wanted.Length, rate));
        foreach (var file in wanted)
        {
            pump.Output(new TentacleFile(session, file, Folder, Detailed ? await LengthAsync(session, file, pump).ConfigureAwait(false) : null));
            asked++;
        }

        foreach (var missing in Name.Where(n => !WildcardPattern.ContainsWildcardCharacters(n) && !listed.Any(l => string.Equals(l.Name, n, StringComparison.Ordinal))))
            pump.Error(new TentacleException(TentacleErrorKind.NotFound, $"{session.Endpoint} has no file '{missing}'.") { Peer = session.Endpoint, File = missing, Step = "LS" }, missing);
    }

    private static ProgressRecord Lengths(TentacleSession session, int asked, int total, Rate rate)
    {
        rate.Add(asked, bytes: 0);
        return new ProgressRecord(1, $"Listing {session.Endpoint}", $"{asked} of {total} lengths") { PercentComplete = 100 * asked / Math.Max(1, total), SecondsRemaining = rate.SecondsFor(total - asked) };
    }

    private async Task<IReadOnlyList<ListedName>> ListAsync(TentacleClient client, string sample)
    {
        var listed = await client.ListAsync(sample, StopToken).ConfigureAwait(false);
        if (sample.Length > 0 && listed.Count > 0)
            await BufferFolder.RequireAsync(client, Folder, listed, StopToken).ConfigureAwait(false);
        return listed;
    }

    private async Task<long?> LengthAsync(TentacleSession session, ListedName file, CmdletPump pump) => file.UnsafeReason is null
        ? await session.UseAsync(client => client.GetSizeAsync(file.Name, StopToken), isRepeatable: true, pump.Verbose, StopToken).ConfigureAwait(false)
        : null;
}
