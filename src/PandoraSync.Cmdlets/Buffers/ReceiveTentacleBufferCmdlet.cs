using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Cmdlets.Files;
using PandoraSync.Cmdlets.Sessions;
using PandoraSync.Protocol;
using PandoraSync.Sync;

namespace PandoraSync.Cmdlets.Buffers;

/// <summary>Takes files out of a server's buffer into a folder, or copies them with -Keep. What is taken is gone from the buffer once it is safe here.</summary>
[Cmdlet(VerbsCommunications.Receive, "TentacleBuffer", DefaultParameterSetName = ByComputerName, SupportsShouldProcess = true)]
[OutputType(typeof(ReceivedFile))]
public sealed class ReceiveTentacleBufferCmdlet : SessionCmdlet
{
    private readonly Dictionary<(TentacleSession Session, string Destination), Wanted> _wanted = [];
    private bool _hasWildcards;

    /// <summary>Names, with wildcards; all by default. Names from the pipeline are taken as they are: a server chose them, not the person at the keyboard.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(FileNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>The folder for the files, such as Pandora FMS's incoming directory.</summary>
    [Parameter(ParameterSetName = ByComputerName, Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = BySession, Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("IncomingDirectory")]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = string.Empty;

    /// <summary>Copies: the server keeps the files.</summary>
    [Parameter]
    public SwitchParameter Keep { get; set; }

    /// <summary>Most connections to the server, 1 to 64; 8 by default. As many are used as help.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int Connections { get; set; } = 8;

    /// <summary>Largest file that is taken, in bytes; 20,000,000 by default. Larger ones are left in the buffer and named.</summary>
    [Parameter]
    [ValidateRange(1L, long.MaxValue)]
    public long MaxFileSize { get; set; } = TentacleLimits.DefaultMaxTakenBytes;

    /// <inheritdoc/>
    private protected override bool HoldsErrors => true;

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
        if (!_wanted.TryGetValue((session, Destination), out var wanted))
            _wanted[(session, Destination)] = wanted = new Wanted();

        // A session that is piped has a name of its own, which is no file's.
        var names = InputObject is RegisteredSession && !_hasWildcards ? [] : Name;
        wanted.Names.AddRange(names);
        wanted.IsAll |= names.Length == 0 || (_hasWildcards && Name.Contains("*", StringComparer.Ordinal));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (var wanted in _wanted)
        {
            var (session, destination) = wanted.Key;
            var options = OrThrow(() => new SyncOptions(FileSystemPath(destination)) { KeepsFiles = Keep, Connections = Connections, MaxFileBytes = MaxFileSize }, destination);
            Receive(session, wanted.Value, options);
        }

        base.EndProcessing();
        WriteHeldErrors();
    }

    private void Receive(TentacleSession session, Wanted files, SyncOptions options)
    {
        var (isAll, names) = (files.IsAll, files.Names);
        var what = isAll ? "all files" : names.Count == 1 ? names[0] : $"{names.Count} files";
        if (!ShouldProcess($"{what} at {session.Endpoint} to {options.IncomingDirectory}", Keep ? "Copy" : "Take"))
            return;
        TryRun(session.Endpoint, async pump =>
        {
            var wanted = isAll ? null : await ExpandAsync(session, names, pump).ConfigureAwait(false);
            var received = new ConcurrentBag<string>();
            void Received(ReceivedFile file)
            {
                received.Add(file.Name);
                pump.Output(file);
            }

            var result = await SyncRunner.TakeAsync(new SyncSite(session.Options), wanted, options.WithPump(pump, new DrainScreen(1)) with { Received = Received }, StopToken).ConfigureAwait(false);
            result.ReportProblems(pump);
            if (!isAll && result.Error is null)
                ReportMissing(session, names, received.Concat(result.Skipped.Select(l => l.Name)), pump);
        });
    }

    /// <summary>A file that was asked for by its name and is not there is an error; one that only a wildcard meant is not.</summary>
    private void ReportMissing(TentacleSession session, List<string> names, IEnumerable<string> accountedFor, CmdletPump pump)
    {
        var missing = new HashSet<string>(names.Where(n => IsLiteral(n) && FileNameRules.UnsafeReason(n) is null), StringComparer.Ordinal);
        missing.ExceptWith(accountedFor);
        foreach (var name in missing.OrderBy(n => n, StringComparer.Ordinal))
            pump.Error(new TentacleException(TentacleErrorKind.NotFound, $"{session.Endpoint} has no file '{name}'.") { Peer = session.Endpoint, File = name, Step = "RECV" }, name);
    }

    private bool IsLiteral(string name) => !_hasWildcards || !WildcardPattern.ContainsWildcardCharacters(name);

    private async Task<IReadOnlyCollection<string>> ExpandAsync(TentacleSession session, List<string> names, CmdletPump pump)
    {
        var exact = names.Where(IsLiteral);
        var patterns = names.Where(n => !IsLiteral(n)).Select(n => new WildcardPattern(n, WildcardOptions.CultureInvariant)).ToArray();
        if (patterns.Length == 0)
            return exact.Distinct(StringComparer.Ordinal).ToArray();
        var listed = await session.UseAsync(client => client.ListAsync(string.Empty, StopToken), isRepeatable: true, pump.Verbose, StopToken).ConfigureAwait(false);
        return exact.Concat(listed.Where(l => patterns.Any(p => p.IsMatch(l.Name))).Select(l => l.Name)).Distinct(StringComparer.Ordinal).ToArray();
    }

    private sealed class Wanted
    {
        public List<string> Names { get; } = [];

        public bool IsAll { get; set; }
    }
}
