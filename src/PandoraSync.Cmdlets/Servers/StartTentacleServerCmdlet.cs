using System;
using System.Diagnostics;
using System.Linq;
using System.Management.Automation;
using System.Security;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Cmdlets.Sessions;
using PandoraSync.Configuration;
using PandoraSync.Native;
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
    private const int GracePeriodSec = 10;

    // A number: an enum of Core as a field would load Core before ModuleInitializer can say which.
    private int _minimumTlsVersion = (int)TlsVersion.Tls12;
    private string? _logPath;
    private bool _isQuiet;
    private volatile RunningServer? _running;

    /// <summary>The storage directory.</summary>
    [Parameter(ParameterSetName = ByParameters, Mandatory = true, Position = 0)]
    [Parameter(ParameterSetName = AsRelay)]
    [Parameter(ParameterSetName = AsStock, Position = 0)]
    [Alias("Directory", "s")]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Local addresses to listen on; all by default, IPv4 and IPv6.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [Alias("a")]
    public string[] Address { get; set; } = [];

    /// <summary>The port; 41121 by default, 0 lets the system choose one.</summary>
    [Parameter]
    [ValidateRange(0, 65535)]
    [Alias("p")]
    public int Port { get; set; } = TentacleLimits.DefaultPort;

    /// <summary>Carries the password that clients must give; the user name does not matter.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>Clients may only send files, and get those whose names they know. Without it they may list and move files too, which a buffer needs to be drained.</summary>
    [Parameter]
    public SwitchParameter SendOnly { get; set; }

    /// <summary>Lets a file replace one of the same name.</summary>
    [Parameter]
    [Alias("o")]
    public SwitchParameter Overwrite { get; set; }

    /// <summary>Which names go to which folders: pattern:folder, as regular expressions.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [Alias("i")]
    public string[] Filter { get; set; } = [];

    /// <summary>Largest file in bytes; 2,000,000 by default. 10MB and the like may be written.</summary>
    [Parameter]
    [ValidateRange(1L, long.MaxValue)]
    [Alias("m")]
    public long MaxFileSize { get; set; } = TentacleLimits.DefaultMaxFileBytes;

    /// <summary>Connections served at once; 100 by default. Further ones wait.</summary>
    [Parameter]
    [ValidateRange(1, 100_000)]
    [Alias("c")]
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

    /// <summary>Longest time that a file waits in the buffer, a minute or more: hours, or 3.00:00:00 for three days; no limit by default.</summary>
    [Parameter]
    [HoursTransformation]
    public TimeSpan MaxBufferAge { get; set; }

    /// <summary>Over a limit of the buffer, deletes the oldest files instead of refusing new ones, which agents keep and send again.</summary>
    [Parameter]
    public SwitchParameter DropOldest { get; set; }

    /// <summary>Bytes of the disk that are left free; 16MB by default. Files that would need them are refused.</summary>
    [Parameter]
    [ValidateRange(0L, long.MaxValue)]
    public long MinimumFreeSpace { get; set; }

    /// <summary>Wait for one read or write, 0.1 to 3600 seconds, repeated -RetryCount times; 1 by default.</summary>
    [Parameter]
    [ValidateRange(0.1, 3600.0)]
    [Alias("t")]
    public double TimeoutSec { get; set; } = 1;

    /// <summary>How often such a wait is repeated, 0 to 100; 3 by default.</summary>
    [Parameter]
    [ValidateRange(0, 100)]
    [Alias("r")]
    public int RetryCount { get; set; } = TentacleLimits.DefaultRetries;

    /// <summary>The PEM certificate to show, which turns TLS on; the chain may follow it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [Alias("e")]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string? CertificatePath { get; set; }

    /// <summary>The certificate's PEM key; left out where the certificate's file has it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [Alias("k")]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string? KeyPath { get; set; }

    /// <summary>Opens an encrypted key.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SecureString? Passphrase { get; set; }

    /// <summary>PEM files of the authorities that clients must chain to: every client must then show a certificate.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [Alias("f")]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string[] CaPath { get; set; } = [];

    /// <summary>A file of revoked certificates (CRL), PEM or DER.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(CertificateFileCompleter))]
    public string? CrlPath { get; set; }

    /// <summary>The oldest version of TLS that is spoken; 1.2 by default.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public TlsVersion MinimumTlsVersion
    {
        get => (TlsVersion)_minimumTlsVersion;
        set => _minimumTlsVersion = (int)value;
    }

    /// <summary>Cipher suites to accept, by OpenSSL's or IANA's names, where the platform lets a program choose.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [Alias("u")]
    [ArgumentCompleter(typeof(CipherSuiteCompleter))]
    public string[] CipherSuite { get; set; } = [];

    /// <summary>A session whose server every conversation is passed on to: this server is then a relay and stores nothing.</summary>
    [Parameter(ParameterSetName = AsRelay, Mandatory = true)]
    [ArgumentCompleter(typeof(SessionCompleter))]
    [SessionTransformation]
    public RegisteredSession? RelayTo { get; set; }

    /// <summary>A tentacle_server.conf (stock's -F). What other parameters say wins over it.</summary>
    [Parameter(ParameterSetName = AsStock, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? ConfigPath { get; set; }

    /// <summary>A stock server's options, as an init script's TENTACLE_EXT_OPTS has them; they win over the file, and other parameters over them.</summary>
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

    /// <summary>How -Wait tells what happens: Text as PowerShell's warnings and verbose lines, Json as an object a line, Journal with the levels that journald reads.</summary>
    [Parameter]
    [ValidateSet(LogOutput.Text, LogOutput.Json, LogOutput.Journal)]
    public string LogFormat { get; set; } = LogOutput.Text;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var options = OrThrow(MakeOptions, (object?)ConfigPath ?? Path);
        if (!ShouldProcess(options.Relay is { } next ? $"relay to {next.Endpoint} on port {options.Port}" : $"{options.Directory} on port {options.Port}", "Start Tentacle server"))
            return;
        if (IsStock && options is { AllowListing: false, Relay: null } && !SendOnly)
            WriteWarning("Clients may not list and move files without -I (insecure 1), so nobody can drain this buffer.");
        var log = _logPath is { } path ? OrThrow(() => new LogFile(path), path) : null;
        if (Wait)
            TryRun(Path, pump => RunAsync(options, log, new LogOutput(LogFormat, pump, IsVerbose)));
        else
            WriteObject(ServerRegistry.Add(OrThrow(() => TentacleServer.Start(options with { Log = log is null ? null : log.Write }), Path), log));
    }

    /// <inheritdoc/>
    protected override string? WhatStopWaitsFor => _running is { Connections: > 0 } server
        ? $"Stopping: transfers of {server.Connections} connections may finish within {GracePeriodSec} s."
        : null;

    private bool IsStock => string.Equals(ParameterSetName, AsStock, StringComparison.Ordinal);

    /// <summary>What a parameter says wins over the file and the options, the rest stays as they have it.</summary>
    private TentacleServerOptions MakeOptions()
    {
        var options = IsStock ? ReadStock() : new TentacleServerOptions(Path is null ? System.IO.Path.GetTempPath() : FileSystemPath(Path))
        {
            MaxConnections = MaxConnections,
            AllowListing = true,
            Relay = RelayTo?.Inner.Options,
        };
        options = options with
        {
            Addresses = IsGiven(nameof(Address)) ? Address : options.Addresses,
            Port = IsGiven(nameof(Port)) ? Port : options.Port,
            Password = IsGiven(nameof(Credential)) ? MakePassword() : options.Password,
            AllowListing = IsGiven(nameof(SendOnly)) ? !SendOnly : options.AllowListing,
            Overwrite = IsGiven(nameof(Overwrite)) ? Overwrite : options.Overwrite,
            Filters = IsGiven(nameof(Filter)) ? FolderFilters.Parse(string.Join(";", Filter)) : options.Filters,
            MaxFileBytes = IsGiven(nameof(MaxFileSize)) ? MaxFileSize : options.MaxFileBytes,
            MaxConnections = IsGiven(nameof(MaxConnections)) ? MaxConnections : options.MaxConnections,
            Timeout = IsGiven(nameof(TimeoutSec)) ? TimeSpan.FromSeconds(TimeoutSec) : options.Timeout,
            RetryCount = IsGiven(nameof(RetryCount)) ? RetryCount : options.RetryCount,
            Tls = MakeTls(options.Tls),
            Access = options.Access.And(AccessList.Of(AllowedNetwork.Select(PandoraSync.Server.Access.AllowedNetwork.Parse).ToArray())),
            MinimumRate = IsGiven(nameof(MinimumRate)) ? MinimumRate : options.MinimumRate,
            Limits = MakeLimits(options.Limits),
            GracePeriod = TimeSpan.FromSeconds(GracePeriodSec),
        };
        return IsGiven(nameof(MaxConnectionsPerAddress)) ? options with { MaxConnectionsPerAddress = MaxConnectionsPerAddress } : options;
    }

    private BufferLimits MakeLimits(BufferLimits limits) => new()
    {
        MaxBytes = IsGiven(nameof(MaxBufferSize)) ? MaxBufferSize : limits.MaxBytes,
        MaxFiles = IsGiven(nameof(MaxBufferFiles)) ? MaxBufferFiles : limits.MaxFiles,
        MaxAge = IsGiven(nameof(MaxBufferAge)) ? MaxBufferAge : limits.MaxAge,
        MinFreeBytes = IsGiven(nameof(MinimumFreeSpace)) ? MinimumFreeSpace : limits.MinFreeBytes,
        DropOldest = IsGiven(nameof(DropOldest)) ? DropOldest : limits.DropOldest,
    };

    private bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    private TentaclePassword? MakePassword() => Credential is { Password.Length: > 0 } credential ? TentaclePassword.FromSecureString(credential.Password) : null;

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

    private TlsServerOptions? MakeTls(TlsServerOptions? stock)
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
        if (stock is null)
            return parameters.IsWanted ? parameters.ToServerOptions() : null;
        var tls = CertificatePath is null && KeyPath is null ? stock : parameters.ToServerOptions();
        return tls with
        {
            ClientTrust = CaPath.Length > 0 || CrlPath is not null ? parameters.MakeTrust() : stock.ClientTrust,
            MinimumVersion = IsGiven(nameof(MinimumTlsVersion)) ? MinimumTlsVersion : stock.MinimumVersion,
            CipherSuites = IsGiven(nameof(CipherSuite)) ? CipherSuite : stock.CipherSuites,
        };
    }

    private async Task RunAsync(TentacleServerOptions options, LogFile? log, LogOutput output)
    {
        using var process = Process.GetCurrentProcess();
        var manager = new ServiceManager(process.Id);
        using var signal = new StopSignal();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(StopToken, signal.Token);
        var server = TentacleServer.Start(options with
        {
            Log = entry =>
            {
                log?.Write(entry);
                Report(entry, output);
            },
        });
        var running = ServerRegistry.Add(server, log);
        _running = running;
        try
        {
            var where = $"Listening on {string.Join(", ", server.Endpoints)} for {(options.Relay is { } next ? $"{next.Endpoint} (relay)" : options.Directory)}";
            output.Announce($"{where}. Ctrl+C stops the server.");
            manager.Ready(where);
            while (true)
            {
                await Task.Delay(manager.AliveInterval ?? System.Threading.Timeout.InfiniteTimeSpan, stop.Token).ConfigureAwait(false);
                manager.Alive();
            }
        }
        catch (OperationCanceledException) when (!StopToken.IsCancellationRequested)
        {
            // A signal: the server ends in order, and so does the command.
        }
        finally
        {
            manager.Stopping();
            await running.StopAsync().ConfigureAwait(false);
            ServerRegistry.Remove(running);
        }
    }

    private void Report(TentacleLogEntry entry, LogOutput output) =>
        output.Write(entry.Time, entry.Level == TentacleLogLevel.Error && !_isQuiet ? LogLevel.Error : LogLevel.Verbose, entry.Text);
}
