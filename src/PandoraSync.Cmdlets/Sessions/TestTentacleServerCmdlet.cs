using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Cmdlets.Files;
using PandoraSync.Protocol;
using PandoraSync.Transport;

namespace PandoraSync.Cmdlets.Sessions;

/// <summary>Says step by step what works towards a server: its name, its port, authentication, listing, and whether one of ours takes files. The first step that fails says what to do.</summary>
[Cmdlet(VerbsDiagnostic.Test, "TentacleServer", DefaultParameterSetName = ByComputerName)]
[OutputType(typeof(ServerTestStep), typeof(bool))]
public sealed class TestTentacleServerCmdlet : ConnectionCmdlet
{
    private const string BySession = "Session";

    /// <summary>The server: a name or an address, with a port behind a colon or without.</summary>
    [Parameter(ParameterSetName = ByComputerName, Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Server", "Site", "HostName", "a")]
    [ArgumentCompleter(typeof(ServerCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] ComputerName { get; set; } = [];

    /// <summary>A session whose server, password and certificates are tested, or its name or number; sessions may be piped. The test makes connections of its own.</summary>
    [Parameter(ParameterSetName = BySession, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(SessionCompleter))]
    [SessionTransformation]
    public RegisteredSession? Session { get; set; }

    /// <summary>A folder that the server is to filter names into, and must have then: conf, md5, collections, trans, commands, or a file name that lies in it.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(FolderCompleter))]
    public string Folder { get; set; } = string.Empty;

    /// <summary>Gives only true or false: whether every step works.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (string.Equals(ParameterSetName, BySession, StringComparison.Ordinal))
        {
            TryRun(Session, pump => TestAsync(Session!.Inner.Options, pump));
            return;
        }

        foreach (var computer in ComputerName)
        {
            if (TryCreate(() => MakeOptions(computer), computer) is { } options)
                TryRun(computer, pump => TestAsync(options, pump));
        }
    }

    private async Task TestAsync(TentacleClientOptions options, CmdletPump pump)
    {
        var all = await StepAsync(options, pump, "Name", async () => string.Join(", ", (await TentacleConnector.ResolveAsync(options, StopToken).ConfigureAwait(false)).Select(a => a.ToString()))).ConfigureAwait(false)
            && await StepAsync(options, pump, "Port", () => ConnectAsync(options with { Tls = null })).ConfigureAwait(false)
            && (options.Tls is null || await StepAsync(options, pump, "TLS", () => SecureAsync(options)).ConfigureAwait(false))
            && await TestConversationAsync(options, pump).ConfigureAwait(false);
        if (Quiet)
            pump.Output(all);
    }

    private async Task<string> ConnectAsync(TentacleClientOptions options)
    {
        using var channel = await TentacleConnector.ConnectAsync(options with { Password = null }, StopToken).ConfigureAwait(false);
        return "connections are accepted";
    }

    private async Task<string> SecureAsync(TentacleClientOptions options)
    {
        using var channel = await TentacleConnector.ConnectAsync(options, StopToken).ConfigureAwait(false);
        return channel.Security!;
    }

    private async Task<bool> TestConversationAsync(TentacleClientOptions options, CmdletPump pump)
    {
        TentacleClient? client = null;
        try
        {
            return await StepAsync(options, pump, "Authentication", async () =>
            {
                client = await TentacleClient.ConnectAsync(options, StopToken).ConfigureAwait(false);
                await client.ProbeAsync(StopToken).ConfigureAwait(false);
                return options.Password is null ? "no password is wanted" : "the password is right";
            }).ConfigureAwait(false)
            && await StepAsync(options, pump, "Listing", async () =>
            {
                var names = await client!.ListAsync(string.Empty, StopToken).ConfigureAwait(false);
                return names.Count == 1 ? "1 name in the buffer" : $"{names.Count} names in the buffer";
            }).ConfigureAwait(false)
            && (Folder.Length == 0 || await StepAsync(options, pump, "Folder", () => CheckFolderAsync(client!)).ConfigureAwait(false))
            && (!client!.HasFastLane || await StepAsync(options, pump, "Storage", async () =>
            {
                await client.CheckStorageAsync(StopToken).ConfigureAwait(false);
                return "files are taken";
            }).ConfigureAwait(false))
            && await LeaveAsync(client!).ConfigureAwait(false);
        }
        finally
        {
            client?.Dispose();
        }
    }

    private async Task<string> CheckFolderAsync(TentacleClient client)
    {
        var listed = await client.ListAsync(FolderSamples.Of(Folder), StopToken).ConfigureAwait(false);
        if (listed.Count == 0)
            return $"nothing is in '{Folder}', or the server has no such folder and an empty buffer";
        await BufferFolder.RequireAsync(client, Folder, listed, StopToken).ConfigureAwait(false);
        return listed.Count == 1 ? $"1 name in '{Folder}'" : $"{listed.Count} names in '{Folder}'";
    }

    private async Task<bool> LeaveAsync(TentacleClient client)
    {
        await client.LeaveAsync(StopToken).ConfigureAwait(false);
        return true;
    }

    private async Task<bool> StepAsync(TentacleClientOptions options, CmdletPump pump, string step, Func<Task<string>> test)
    {
        ServerTestStep result;
        try
        {
            result = new ServerTestStep(options.Endpoint, step, await test().ConfigureAwait(false));
        }
        catch (TentacleException e)
        {
            var isFirstWord = step is "TLS" or "Authentication";
            result = new ServerTestStep(options.Endpoint, step, isFirstWord ? await ServerDiagnosis.LookCloserAsync(options, e, StopToken).ConfigureAwait(false) : e);
        }

        pump.Verbose($"{options.Endpoint}: {step}: {result.Detail}");
        if (!Quiet)
            pump.Output(result);
        return result.Succeeded;
    }
}
