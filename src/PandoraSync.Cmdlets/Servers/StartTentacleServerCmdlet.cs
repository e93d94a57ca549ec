using System;
using System.Linq;
using System.Management.Automation;
using System.Security;
using System.Threading.Tasks;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Cmdlets.Sessions;
using PandoraSync.Configuration;
using PandoraSync.Protocol;
using PandoraSync.Server;
using PandoraSync.Server.Access;
using PandoraSync.Server.Storage;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Cmdlets.Servers;

/// <summary>
/// Starts a Tentacle server: keeps what agents send in a folder, the buffer, until it is taken. It lives in this process, in the
/// background, or in the foreground with -Wait.
/// </summary>
[Cmdlet(VerbsLifecycle.Start, "TentacleServer", DefaultParameterSetName = ByParameters, SupportsShouldProcess = true)]
[OutputType(typeof(RunningServer))]
public sealed class StartTentacleServerCmdlet : PandoraSyncCmdlet
{
    private const string ByParameters = "Path";
    private const string AsRelay = "Relay";
    private const string AsStock = "Stock";

    // A number: an enum of Core as a field would load Core before ModuleInitializer can say which.
    private int _minimumTlsVersion = (int)TlsVersion.Tls12;
    private string? _logPath;
    private bool _isQuiet;

    /// <summary>The storage directory.</summary>
    [Parameter(ParameterSetName = ByParameters, Mandatory = true, Position = 0)]
    [Parameter(ParameterSetName = AsRelay)]
    [Parameter(ParameterSetName = AsStock, Position = 0)]
    [Alias("Directory")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Local addresses to listen on; all by default, IPv4 and IPv6.</summary>
    [Parameter(ParameterSetName = ByParameters)]
    [Parameter(ParameterSetName = AsRelay)]
    [ValidateNotNullOrEmpty]
    public string[] Address { get; set; } = [];

    /// <summary>The port; 41121 by default, 0 lets the system choose one.</summary>
    [Parameter(ParameterSetName = ByParameters)]
    [Parameter(ParameterSetName = AsRelay)]
    [ValidateRange(0, 65535)]
    public int Port { get; set; } = TentacleLimits.DefaultPort;

    /// <summary>Carries the password that clients must give; the user name does not matter.</summary>
    [Parameter(ParameterSetName = ByParameters, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = AsRelay, ValueFromPipelineByPropertyName = true)]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>Clients may only send files, and get those whose names they know. Without it they may list and move files too, which a buffer needs to be drained.</summary>
    [Parameter(ParameterSetName = ByParameters)]
    [Parameter(ParameterSetName = AsRelay)]
    public SwitchParameter SendOnly { get; set; }

    /// <summary>Lets a file replace one of the same name.</summary>
    [Parameter(ParameterSetName = ByParameters)]
    [Parameter(ParameterSetName = AsRelay)]
    public SwitchParameter Overwrite { get; set; }

    /// <summary>Which names go to which folders: pattern:folder, as regular expressions.</summary>
    [Parameter(ParameterSetName = ByParameters)]
    [Parameter(ParameterSetName = AsRelay)]
    [ValidateNotNullOrEmpty]
    public string[] Filter { get; set; } = [];

    /// <summary>Largest file in bytes; 2,000,000 by default. 10MB and the like may be written.</summary>
    [Parameter(ParameterSetName = ByParameters)]
    [Parameter(ParameterSetName = AsRelay)]
    [ValidateRange(1L, long.MaxValue)]
    public long MaxFileSize { get; set; } = TentacleLimits.DefaultMaxFileBytes;

    /// <summary>Connections served at once; 100 by default. Further ones wait.</summary>
    [Parameter(ParameterSetName = ByParameters)]
    [Parameter(ParameterSetName = AsRelay)]
    [ValidateRange(1, 100_000)]
    public int MaxConnections { get; set; } = 100;

    /// <summary>Connections of one address served at once; by default a tenth of -MaxConnections, one at least, is never for one address alone.</summary>
    [Parameter]
    [ValidateRange(1, 100_000)]
    public int MaxConnectionsPerAddress { get; set; }

    /// <summary>Bytes a second that a client must at least give or take during a transfer; 100 by default, 0 for no limit.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int MinimumRate { get; set; }

    /// <summary>Most bytes that the buffer keeps; 0, the default, for no limit. 10GB and the like may be written.</summary>
    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    public long MaxBufferSize { get; set; }

    /// <summary>Most files that the buffer keeps; 0, the default, for no limit.</summary>
    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    public long MaxBufferFiles { get; set; }

    /// <summary>Longest time that a file waits in the buffer, such as 3.00:00:00 for three days; no limit by default.</summary>
    [Parameter]
    public TimeSpan MaxBufferAge { get; set; }

    /// <summary>Over a limit of the buffer, deletes the oldest files instead of refusing new ones, which agents keep and send again.</summary>
    [Parameter]
    public SwitchParameter DropOldest { get; set; }

    /// <summary>Bytes of the disk that are left free; 16MB by default. Files that would need them are refused.</summary>
    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    public long MinimumFreeSpace { get; set; }

    /// <summary>Wait for one read or write, 0.1 to 3600 seconds, repeated -RetryCount times; 1 by default.</summary>
    [Parameter(ParameterSetName = ByParameters)]
    [Parameter(ParameterSetName = AsRelay)]
    [ValidateRange(0.1, 3600.0)]
    public double TimeoutSec { get; set; } = 1;

    /// <summary>How often such a wait is repeated, 0 to 100; 3 by default.</summary>
    [Parameter(ParameterSetName = ByParameters)]
    [Parameter(ParameterSetName = AsRelay)]
    [ValidateRange(0, 100)]
    public int RetryCount { get; set; } = TentacleLimits.DefaultRetries;

    /// <summary>The PEM certificate to show, which turns TLS on; the chain may follow it.</summary>
    [Parameter(ParameterSetName = ByParameters, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = AsRelay, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? CertificatePath { get; set; }

    /// <summary>The certificate's PEM key; left out where the certificate's file has it.</summary>
    [Parameter(ParameterSetName = ByParameters, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = AsRelay, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? KeyPath { get; set; }

    /// <summary>Opens an encrypted key.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SecureString? Passphrase { get; set; }

    /// <summary>PEM files of the authorities that clients must chain to: every client must then show a certificate.</summary>
    [Parameter(ParameterSetName = ByParameters, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = AsRelay, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] CaPath { get; set; } = [];

    /// <summary>A file of revoked certificates (CRL), PEM or DER.</summary>
    [Parameter(ParameterSetName = ByParameters, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = AsRelay, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? CrlPath { get; set; }

    /// <summary>The oldest version of TLS that is spoken; 1.2 by default.</summary>
    [Parameter(ParameterSetName = ByParameters, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = AsRelay, ValueFromPipelineByPropertyName = true)]
    public TlsVersion MinimumTlsVersion
    {
        get => (TlsVersion)_minimumTlsVersion;
        set => _minimumTlsVersion = (int)value;
    }

    /// <summary>Cipher suites to accept, by OpenSSL's or IANA's names, where the platform lets a program choose.</summary>
    [Parameter(ParameterSetName = ByParameters, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = AsRelay, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string[] CipherSuite { get; set; } = [];

    /// <summary>A session whose server every conversation is passed on to: this server is then a relay and stores nothing.</summary>
    [Parameter(ParameterSetName = AsRelay, Mandatory = true)]
    [ArgumentCompleter(typeof(SessionCompleter))]
    [SessionTransformation]
    public RegisteredSession? RelayTo { get; set; }

    /// <summary>A tentacle_server.conf (stock's -F).</summary>
    [Parameter(ParameterSetName = AsStock, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? ConfigPath { get; set; }

    /// <summary>A stock server's options, as an init script's TENTACLE_EXT_OPTS has them; they win over the file.</summary>
    [Parameter(ParameterSetName = AsStock, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Options { get; set; }

    /// <summary>Addresses and networks that are spoken with, such as 10.0.0.0/8 or fe80::/10; everybody by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] AllowedNetwork { get; set; } = [];

    /// <summary>Runs in the foreground until the pipeline is stopped (Ctrl+C), and tells what happens: errors as warnings, the rest with -Verbose.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var options = OrThrow(() => WithLimits(string.Equals(ParameterSetName, AsStock, StringComparison.Ordinal) ? ReadStock() : MakeOptions()), (object?)ConfigPath ?? Path);
        if (!ShouldProcess(options.Relay is { } next ? $"relay to {next.Endpoint} on port {options.Port}" : $"{options.Directory} on port {options.Port}", "Start Tentacle server"))
            return;
        var log = _logPath is { } path ? OrThrow(() => new LogFile(path), path) : null;
        if (Wait)
            TryRun(Path, pump => RunAsync(options, log, pump));
        else
            WriteObject(ServerRegistry.Add(OrThrow(() => TentacleServer.Start(options with { Log = log is null ? null : log.Write }), Path), log));
    }

    /// <summary>What stock has no option for is given by parameters in every set, and wins over a file that has it too.</summary>
    private TentacleServerOptions WithLimits(TentacleServerOptions options)
    {
        var limits = options.Limits;
        options = options with
        {
            Access = options.Access.And(AccessList.Of(AllowedNetwork.Select(PandoraSync.Server.Access.AllowedNetwork.Parse).ToArray())),
            MinimumRate = IsGiven(nameof(MinimumRate)) ? MinimumRate : options.MinimumRate,
            Limits = new BufferLimits
            {
                MaxBytes = IsGiven(nameof(MaxBufferSize)) ? MaxBufferSize : limits.MaxBytes,
                MaxFiles = IsGiven(nameof(MaxBufferFiles)) ? MaxBufferFiles : limits.MaxFiles,
                MaxAge = IsGiven(nameof(MaxBufferAge)) ? MaxBufferAge : limits.MaxAge,
                MinFreeBytes = IsGiven(nameof(MinimumFreeSpace)) ? MinimumFreeSpace : limits.MinFreeBytes,
                DropOldest = IsGiven(nameof(DropOldest)) ? DropOldest : limits.DropOldest,
            },
        };
        return IsGiven(nameof(MaxConnectionsPerAddress)) ? options with { MaxConnectionsPerAddress = MaxConnectionsPerAddress } : options;
    }

    private bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    private TentacleServerOptions ReadStock()
    {
        var configuration = TentacleServerConfiguration.Read(ConfigPath is null ? null : FileSystemPath(ConfigPath), Options, Passphrase, Path is null ? null : FileSystemPath(Path));
        foreach (var warning in configuration.Warnings)
            WriteWarning(warning);
        foreach (var setting in configuration.Settings)
            WriteVerbose($"{setting.Key} {setting.Value} ({setting.Source})");
        (_logPath, _isQuiet) = (configuration.LogFile, configuration.IsQuiet);
        return configuration.Options;
    }

    private TentacleServerOptions MakeOptions() => new(Path is null ? System.IO.Path.GetTempPath() : FileSystemPath(Path))
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
        Relay = RelayTo?.Inner.Options,
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

    private async Task RunAsync(TentacleServerOptions options, LogFile? log, CmdletPump pump)
    {
        var server = TentacleServer.Start(options with
        {
            Log = entry =>
            {
                log?.Write(entry);
                Report(entry, pump);
            },
        });
        var running = ServerRegistry.Add(server, log);
        try
        {
            pump.Verbose($"Listening on {string.Join(", ", server.Endpoints)} for {(options.Relay is { } next ? $"{next.Endpoint} (relay)" : options.Directory)}.");
            await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, StopToken).ConfigureAwait(false);
        }
        finally
        {
            await running.StopAsync().ConfigureAwait(false);
            ServerRegistry.Remove(running);
        }
    }

    private void Report(TentacleLogEntry entry, CmdletPump pump)
    {
        if (entry.Level == TentacleLogLevel.Error && !_isQuiet)
            pump.Warning(entry.Text);
        else
            pump.Verbose(entry.Text);
    }
}
