using System.Management.Automation;
using PandoraSync.Client;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Protocol;

namespace PandoraSync.Cmdlets.Sessions;

/// <summary>Makes a session to a Tentacle server and checks that the server answers.</summary>
[Cmdlet(VerbsCommon.New, "TentacleSession", DefaultParameterSetName = ByComputerName)]
[OutputType(typeof(RegisteredSession))]
public sealed class NewTentacleSessionCmdlet : ConnectionCmdlet
{
    /// <summary>The server: a name or an address, with a port behind a colon or without.</summary>
    [Parameter(ParameterSetName = ByComputerName, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Server", "Site", "HostName", "a")]
    [ArgumentCompleter(typeof(ServerCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] ComputerName { get; set; } = [];

    /// <summary>A name to call the session by; Session1 and so on by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Name is not null && ComputerName.Length > 1)
            ThrowTerminatingError(ErrorMapper.ToRecord(new TentacleException(TentacleErrorKind.Configuration, $"-Name '{Name}' is for one server, and {ComputerName.Length} are given: leave it out, or make the sessions one by one."), Name));
        foreach (var computer in ComputerName)
        {
            if (Name is not null && TryCreate(() => { SessionRegistry.RequireFree(Name); return Name; }, Name) is null)
                continue;
            if (TryCreate(() => MakeOptions(computer), computer) is not { } options)
                continue;
            TryRun(computer, async pump =>
            {
                using var probe = new TentacleSession(options);
                await probe.UseAsync(
                    async client =>
                    {
                        await client.ProbeAsync(StopToken).ConfigureAwait(false);
                        return true;
                    },
                    isRepeatable: true, pump.Verbose, StopToken).ConfigureAwait(false);
                await probe.DisconnectAsync(StopToken).ConfigureAwait(false);
                pump.Output(SessionRegistry.Add(options, Name));
            });
        }
    }
}
