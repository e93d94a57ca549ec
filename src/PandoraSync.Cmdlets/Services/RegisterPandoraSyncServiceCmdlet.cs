using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using PandoraSync.Configuration;
using PandoraSync.Native;
using PandoraSync.Protocol;
using PandoraSync.Services;
using PandoraSync.Sync;
using PandoraSync.Sync.Monitoring;

namespace PandoraSync.Cmdlets.Services;

/// <summary>Has one of both ends run as a service: units of systemd, or a task of Windows's Task Scheduler. To repeat it changes nothing.</summary>
[Cmdlet(VerbsLifecycle.Register, "PandoraSyncService", DefaultParameterSetName = SyncSet, SupportsShouldProcess = true)]
[OutputType(typeof(RegisteredService))]
public sealed class RegisterPandoraSyncServiceCmdlet : ServiceCmdlet
{
    private const string SyncSet = "Sync";
    private const string ServerSet = "Server";

    /// <summary>Registers the sync server, which drains the sites of a pandora_server.conf.</summary>
    [Parameter(ParameterSetName = SyncSet, Mandatory = true)]
    public SwitchParameter Sync { get; set; }

    /// <summary>Registers a Tentacle server, which keeps what agents send.</summary>
    [Parameter(ParameterSetName = ServerSet, Mandatory = true)]
    public SwitchParameter Server { get; set; }

    /// <summary>The pandora_server.conf, or the server's tentacle_server.conf. It is read now, so that what is wrong in it shows now.</summary>
    [Parameter(ParameterSetName = SyncSet, Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = ServerSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? ConfigPath { get; set; }

    /// <summary>A stock server's options, as an init script has them; they win over the file.</summary>
    [Parameter(ParameterSetName = ServerSet, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Options { get; set; }

    /// <summary>The service's name; pandorasync-sync or pandorasync-server by default.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>Seconds from one round to the next, 1 to 86400; 60 by default.</summary>
    [Parameter(ParameterSetName = SyncSet, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, 86_400)]
    public int Interval { get; set; } = 60;

    /// <summary>Runs each round as a process of its own, started by a timer, where no process is to stay in memory.</summary>
    [Parameter(ParameterSetName = SyncSet)]
    public SwitchParameter OneShot { get; set; }

    /// <summary>Which of several workers this one is, from 1; each is a service with an incoming directory of its own.</summary>
    [Parameter(ParameterSetName = SyncSet)]
    [ValidateRange(1, WorkerShare.MostWorkers)]
    public int Worker { get; set; }

    /// <summary>How many workers share the sites.</summary>
    [Parameter(ParameterSetName = SyncSet)]
    [ValidateRange(1, WorkerShare.MostWorkers)]
    public int WorkerCount { get; set; }

    /// <summary>Sites drained side by side, 1 to 10,000; 32 by default.</summary>
    [Parameter(ParameterSetName = SyncSet)]
    [ValidateRange(1, 10_000)]
    public int ThrottleLimit { get; set; } = 32;

    /// <summary>Has the service put the data file of an agent that says how each site is into the incoming directory.</summary>
    [Parameter(ParameterSetName = SyncSet)]
    public SwitchParameter SelfMonitoring { get; set; }

    /// <summary>That agent's name; PandoraSync by default.</summary>
    [Parameter(ParameterSetName = SyncSet)]
    [ValidateNotNullOrEmpty]
    public string? AgentName { get; set; }

    /// <summary>The group that it is put into when it is new; Servers by default.</summary>
    [Parameter(ParameterSetName = SyncSet)]
    [ValidateNotNullOrEmpty]
    public string? AgentGroup { get; set; }

    /// <summary>A file that says how each site is in Prometheus's text format; the service may then write to its folder.</summary>
    [Parameter(ParameterSetName = SyncSet)]
    [ValidateNotNullOrEmpty]
    public string? MetricsPath { get; set; }

    /// <summary>The service's user; pandorasync by default, which is made with systemd, and NETWORK SERVICE on Windows.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? User { get; set; }

    /// <summary>A further group of the user, such as the one that may write to the incoming directory.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Group { get; set; }

    /// <summary>Further folders that the service may write to, such as that of a file of metrics.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] WritablePath { get; set; } = [];

    /// <summary>Most memory of the service; 1GB by default. systemd only.</summary>
    [Parameter]
    [ValidateRange(64L << 20, long.MaxValue)]
    public long MemoryMax { get; set; } = 1L << 30;

    /// <summary>The PowerShell that runs it; this one by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ShellPath { get; set; }

    /// <summary>Writes the files, and starts nothing.</summary>
    [Parameter]
    public SwitchParameter NoStart { get; set; }

    /// <summary>Replaces files that others have written or edited.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private bool IsSync => string.Equals(ParameterSetName, SyncSet, StringComparison.Ordinal);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var manager = GetManager();
        var order = OrThrow(MakeOrder, ConfigPath);
        WarnOfHiddenPlaces(order);
        var registration = OrThrow(() => new ServiceRegistration(manager, order, Force), order.Name);
        var agreed = registration.Changes.Count(f => ShouldProcess($"Write '{f.Path}':\n{f.Text}", $"Write '{f.Path}'?", "Register service"))
            + registration.Stale.Count(p => ShouldProcess(p, "Remove"));
        if (agreed < registration.Changes.Count + registration.Stale.Count || (bool)(MyInvocation.BoundParameters.TryGetValue("WhatIf", out var whatIf) && (SwitchParameter)whatIf))
            return;
        var hasChanged = OrThrow<object>(() => registration.Apply(!NoStart), order.Name);
        var record = OrThrow(manager.Find, order.Name).First(s => string.Equals(s.Name, order.Name, StringComparison.Ordinal));
        WriteObject(new RegisteredService(record, manager.Name) { HasChanged = (bool)hasChanged });
    }

    private ServiceOrder MakeOrder()
    {
        var path = ConfigPath is null ? null : FileSystemPath(ConfigPath);
        var (script, subject, writable, lowPort) = IsSync ? ReadSync(path!) : ReadServer(path);
        var order = new ServiceOrder(Name ?? (IsSync ? "pandorasync-sync" : "pandorasync-server"), IsSync ? ServiceEnd.Sync : ServiceEnd.Server, GetShell(), $"Import-Module {Quote(GetModule())}; {script}")
        {
            Subject = subject,
            Writable = [.. writable, .. WritablePath.Select(FileSystemPath)],
            Group = Group,
            MemoryMax = MemoryMax,
            TimerInterval = OneShot ? Interval : 0,
            BindsLowPort = lowPort,
        };
        return User is null ? order : order with { User = User };
    }

    private (string Script, string Subject, IEnumerable<string> Writable, bool LowPort) ReadSync(string path)
    {
        var share = WorkerShare.Read(Worker, WorkerCount, Environment.GetEnvironmentVariable);
        var configuration = PandoraSyncConfiguration.Read(path);
        foreach (var warning in configuration.Warnings)
            WriteWarning(warning);
        if (!configuration.IsEnabled)
            WriteWarning($"{configuration}: set syncserver to 1 to turn it on.");
        var script = $"Invoke-PandoraSync -ConfigPath {Quote(path)}{(share is null ? string.Empty : $" -Worker {share.Worker} -WorkerCount {share.Count}")}{(ThrottleLimit == 32 ? string.Empty : $" -ThrottleLimit {ThrottleLimit}")}{MonitoringOf(out var metrics)}";
        var writable = new[] { configuration.Options.IncomingDirectory, metrics is null ? null : Path.GetDirectoryName(metrics) }.OfType<string>();
        return (OneShot ? script : $"{script} -Continuous -Interval {Interval}{LogLevels}", path, writable, false);
    }

    /// <summary>What the run is told of monitoring; what is wrong with it shows now.</summary>
    private string MonitoringOf(out string? metrics)
    {
        metrics = MetricsPath is null ? null : FileSystemPath(MetricsPath);
        if (!SelfMonitoring && (AgentName ?? AgentGroup) is not null)
            throw new TentacleException(TentacleErrorKind.Configuration, "-AgentName and -AgentGroup say which agent's data file is written, and none is: add -SelfMonitoring, or leave them out.");
        _ = new SelfMonitoringOptions { Agent = AgentName, MetricsPath = metrics };
        (string Name, string? Value)[] texts = [("AgentName", AgentName), ("AgentGroup", AgentGroup), ("MetricsPath", metrics)];
        return (SelfMonitoring ? " -SelfMonitoring" : string.Empty) + string.Concat(texts.Where(t => t.Value is not null).Select(t => $" -{t.Name} {Quote(t.Value!)}"));
    }

    private (string Script, string Subject, IEnumerable<string> Writable, bool LowPort) ReadServer(string? path)
    {
        if (path is null && Options is null)
            throw new TentacleException(TentacleErrorKind.Configuration, "Nothing says what the server keeps, and where: give its tentacle_server.conf with -ConfigPath, or stock's options with -Options.");
        var configuration = TentacleServerConfiguration.Read(path, Options, passphrase: null, directory: null);
        foreach (var warning in configuration.Warnings)
            WriteWarning(warning);
        if (configuration.Settings.Any(s => s.Key is "password" && s.Source.StartsWith("option", StringComparison.Ordinal)))
            throw new TentacleException(TentacleErrorKind.Configuration, "The options have a password (-x), and everybody may read the command line of a service: write it as password into a tentacle_server.conf that only the service's user may read, and give that with -ConfigPath.");
        var script = $"Start-TentacleServer{(path is null ? string.Empty : $" -ConfigPath {Quote(path)}")}{(Options is null ? string.Empty : $" -Options {Quote(Options)}")} -Wait{LogLevels}";
        var folders = new[] { configuration.Options.Directory, configuration.LogFile is { } log ? Path.GetDirectoryName(log) : null }.OfType<string>();
        return (script, path ?? configuration.Options.Directory, folders, configuration.Options.Port is > 0 and < 1024);
    }

    /// <summary>Has the service write its lines with the levels that journald reads.</summary>
    private static string LogLevels => FileSystemCalls.IsWindows ? string.Empty : " -LogFormat Journal";

    /// <summary>PowerShell as it is started: itself, or a tool of .NET.</summary>
    private string[] GetShell()
    {
        if (ShellPath is not null)
            return [FileSystemPath(ShellPath)];
        using var own = System.Diagnostics.Process.GetCurrentProcess();
        var program = own.MainModule!.FileName!;
        return string.Equals(Path.GetFileNameWithoutExtension(program), "dotnet", StringComparison.OrdinalIgnoreCase) ? [program, Environment.GetCommandLineArgs()[0]] : [program];
    }

    /// <summary>This module's manifest: the service has the module that registered it, wherever its user's module path leads.</summary>
    private string GetModule() => Path.Combine(MyInvocation.MyCommand.Module.ModuleBase, "PandoraSync.psd1");

    private static string Quote(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";

    /// <summary>A service sees no home folders and has temporary files of its own; better said now than by a unit that does not start.</summary>
    private void WarnOfHiddenPlaces(ServiceOrder order)
    {
        if (FileSystemCalls.IsWindows)
            return;
        foreach (var path in order.Shell.Append(GetModule()).Concat(order.Writable).Append(order.Subject).Where(p => new[] { "/home/", "/root/", "/run/user/", "/tmp/", "/var/tmp/" }.Any(h => p.StartsWith(h, StringComparison.Ordinal))).Distinct(StringComparer.Ordinal))
            WriteWarning($"The service cannot see '{path}': home folders and temporary files are hidden from it. Install for all users, and keep data elsewhere.");
    }
}
