using System;
using System.Linq;
using System.Management.Automation;
using System.Security;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Protocol;
using PandoraSync.Server;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Cmdlets.Server;

/// <summary>
/// Starts a Tentacle server: keeps what agents send in a folder, the buffer, until it is taken. It lives in this process, in the
/// background, or in the foreground with -Wait.
/// </summary>
[Cmdlet(VerbsLifecycle.Start, "TentacleServer", SupportsShouldProcess = true)]
[OutputType(typeof(RunningServer))]
public sealed class StartTentacleServerCmdlet : PandoraSyncCmdlet
{
    /// <summary>The storage directory.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("Directory")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = string.Empty;

    /// <summary>Local addresses to listen on; all by default, IPv4 and IPv6.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Address { get; set; } = [];

    /// <summary>The port; 41121 by default, 0 lets the system choose one.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    public int Port { get; set; } = TentacleLimits.DefaultPort;

    /// <summary>Carries the password that clients must give; the user name does not matter.</summary>
    [Parameter]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>Clients may only send files, and get those whose names they know. Without it they may list and move files too, which a buffer needs to be drained.</summary>
    [Parameter]
    public SwitchParameter SendOnly { get; set; }

    /// <summary>Lets a file replace one of the same name.</summary>
    [Parameter]
    public SwitchParameter Overwrite { get; set; }

    /// <summary>Which names go to which folders: pattern:folder, as regular expressions.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Filter { get; set; } = [];

    /// <summary>Largest file in bytes; 2,000,000 by default. 10MB and the like may be written.</summary>
    [Parameter]
    [ValidateRange(1L, long.MaxValue)]
    public long MaxFileSize { get; set; } = TentacleLimits.DefaultMaxFileBytes;

    /// <summary>Connections served at once; 100 by default. Further ones wait.</summary>
    [Parameter]
    [ValidateRange(1, 100_000)]
    public int MaxConnections { get; set; } = 100;

    /// <summary>Wait for one read or write, 0.1 to 3600 seconds, repeated -RetryCount times; 1 by default.</summary>
    [Parameter]
    [ValidateRange(0.1, 3600.0)]
    public double TimeoutSec { get; set; } = 1;

    /// <summary>How often such a wait is repeated, 0 to 100; 3 by default.</summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int RetryCount { get; set; } = TentacleLimits.DefaultRetries;

    /// <summary>The PEM certificate to show, which turns TLS on; the chain may follow it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? CertificatePath { get; set; }

    /// <summary>The certificate's PEM key; left out where the certificate's file has it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    /// <summary>Opens an encrypted key.</summary>
    [Parameter]
    public SecureString? Passphrase { get; set; }

    /// <summary>PEM files of the authorities that clients must chain to: every client must then show a certificate.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] CaPath { get; set; } = [];

    /// <summary>A file of revoked certificates (CRL), PEM or DER.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CrlPath { get; set; }

    /// <summary>The oldest version of TLS that is spoken; 1.2 by default.</summary>
    [Parameter]
    public TlsVersion MinimumTlsVersion { get; set; } = TlsVersion.Tls12;

    /// <summary>Cipher suites to accept, by OpenSSL's or IANA's names, where the platform lets a program choose.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] CipherSuite { get; set; } = [];

    /// <summary>A session whose server every conversation is passed on to: this server is then a relay and stores nothing.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(SessionCompleter))]
    [SessionTransformation]
    public TentacleSession? RelayTo { get; set; }

    /// <summary>Runs in the foreground until the pipeline is stopped (Ctrl+C), and tells what happens: errors as warnings, the rest with -Verbose.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var options = OrThrow(MakeOptions, Path);
        if (!ShouldProcess($"{options.Directory} on port {options.Port}", "Start Tentacle server"))
            return;
        if (Wait)
            TryRun(Path, pump => RunAsync(options, pump));
        else
            WriteObject(ServerRegistry.Add(OrThrow(() => TentacleServer.Start(options), Path)));
    }

    private TentacleServerOptions MakeOptions() => new(FileSystemPath(Path))
    {
        Addresses = Address,
        Port = Port,
        Password = Credential is { Password.Length: > 0 } credential ? TentaclePassword.FromSecureString(credential.Password) : null,
        AllowListing = !SendOnly,
        Overwrite = Overwrite,
        Filters = FolderFilters.Parse(string.Join(";", Filter)),
        MaxFileBytes = MaxFileSize,
        MaxConnections = MaxConnections,
        Timeout = TimeSpan.FromSeconds(TimeoutSec),
        RetryCount = RetryCount,
        Tls = MakeTls(),
        Relay = RelayTo?.Options,
    };

    private TlsServerOptions? MakeTls()
    {
        var parameters = new TlsParameters
        {
            CaPath = CaPath.Select(FileSystemPath).ToArray(),
            CertificatePath = CertificatePath is null ? null : FileSystemPath(CertificatePath),
            KeyPath = KeyPath is null ? null : FileSystemPath(KeyPath),
            Passphrase = Passphrase,
            CrlPath = CrlPath is null ? null : FileSystemPath(CrlPath),
            MinimumVersion = MinimumTlsVersion,
            CipherSuites = CipherSuite,
        };
        return parameters.IsWanted ? parameters.ToServerOptions() : null;
    }

    private async Task RunAsync(TentacleServerOptions options, CmdletPump pump)
    {
        var server = TentacleServer.Start(options with { Log = entry => Tell(entry, pump) });
        var running = ServerRegistry.Add(server);
        try
        {
            pump.Verbose($"Listening on {string.Join(", ", server.Endpoints)} for {options.Directory}.");
            await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, StopToken).ConfigureAwait(false);
        }
        finally
        {
            await server.StopAsync().ConfigureAwait(false);
            ServerRegistry.Remove(running);
        }
    }

    private static void Tell(TentacleLogEntry entry, CmdletPump pump)
    {
        if (entry.Level == TentacleLogLevel.Error)
            pump.Warning(entry.Text);
        else
            pump.Verbose(entry.Text);
    }
}
