using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace PandoraSync.Services;

/// <summary>A service as units of systemd. Each setting is one that systemd 252 (Debian 12) knows.</summary>
internal static class SystemdUnits
{
    /// <summary>Where units of the administrator are.</summary>
    public const string DefaultFolder = "/etc/systemd/system";

    // By default .NET keeps the TLS sessions of 500 servers: of a thousand sites, called in turn, hardly one would be gone on with.
    private const string TlsSessions = "DOTNET_SYSTEM_NET_SECURITY_TLSCACHESIZE=20000";

    // As little as a program on .NET can live with: it compiles at run time, so memory may become executable; its memory manager reads /proc/meminfo.
    private const string Hardening = """
        NoNewPrivileges=yes
        ProtectSystem=strict
        ProtectHome=yes
        ProtectProc=invisible
        ProtectHostname=yes
        ProtectClock=yes
        ProtectKernelTunables=yes
        ProtectKernelModules=yes
        ProtectKernelLogs=yes
        ProtectControlGroups=yes
        PrivateTmp=yes
        PrivateDevices=yes
        RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
        RestrictNamespaces=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        RemoveIPC=yes
        LockPersonality=yes
        SystemCallArchitectures=native
        SystemCallFilter=@system-service
        SystemCallFilter=~@privileged
        SystemCallErrorNumber=EPERM
        """;

    /// <summary>The units, and what makes the user.</summary>
    /// <param name="order">The service.</param>
    /// <param name="folder">The folder of units.</param>
    public static IReadOnlyList<ServiceFile> Make(ServiceOrder order, string folder)
    {
        var files = new List<ServiceFile> { File($"{order.Name}.service", Service(order)) };
        if (order.TimerInterval > 0)
            files.Add(File($"{order.Name}.timer", Timer(order)));
        return files;

        ServiceFile File(string name, string text) => new(Path.Combine(folder, name), FileMark.Add(text, "[Unit]"));
    }

    /// <summary>What has systemd-sysusers make the service's own user.</summary>
    public static ServiceFile OwnUser(string folder) =>
        new(Path.Combine(folder, $"{ServiceOrder.OwnUser}.conf"), FileMark.Add($"u {ServiceOrder.OwnUser} - \"PandoraSync\"\n", "u "));

    private static string Service(ServiceOrder order)
    {
        var name = order.Name;
        var isSync = order.End == ServiceEnd.Sync;
        var lines = new List<string> { "[Unit]", $"Description={Percent(order.Description)}", "Wants=network-online.target", "After=network-online.target", string.Empty, "[Service]" };
        if (order.TimerInterval > 0)
            lines.AddRange(["Type=oneshot", "TimeoutStartSec=infinity"]);
        else
            lines.AddRange(["Type=notify", "NotifyAccess=main", "WatchdogSec=180", "TimeoutStartSec=180", "Restart=on-failure", "RestartSec=15"]);
        lines.AddRange([$"ExecStart={Quote(order.Shell[0])} {string.Join(" ", order.Arguments.Select(a => Quote(a).Replace("$", "$$")))}", "TimeoutStopSec=90"]);
        if (isSync && order.TimerInterval == 0)
            lines.Add("ExecReload=/bin/kill -HUP $MAINPID");
        lines.AddRange([$"User={order.User}", $"StateDirectory={name}", "StateDirectoryMode=0700", $"WorkingDirectory=%S/{name}", $"Environment=HOME=%S/{name} POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off"]);
        if (isSync)
            lines.Add($"Environment={TlsSessions}");
        if (order.Group is { } group)
            lines.Add($"SupplementaryGroups={group}");
        if (order.Writable.Count > 0)
            lines.Add($"ReadWritePaths={string.Join(" ", order.Writable.Select(Quote))}");
        lines.AddRange(["UMask=0027", string.Format(CultureInfo.InvariantCulture, "MemoryMax={0}", order.MemoryMax), "TasksMax=512", "LimitNOFILE=65536"]);
        lines.AddRange(order.BindsLowPort ? ["CapabilityBoundingSet=CAP_NET_BIND_SERVICE", "AmbientCapabilities=CAP_NET_BIND_SERVICE"] : ["CapabilityBoundingSet=", "AmbientCapabilities=", "PrivateUsers=yes"]);
        lines.AddRange(Hardening.Replace("\r", string.Empty).Split('\n'));
        if (order.TimerInterval == 0)
            lines.AddRange([string.Empty, "[Install]", "WantedBy=multi-user.target"]);
        lines.AddRange([string.Empty, "[X-PandoraSync]", $"End={order.End}", $"Subject={order.Subject}", $"Schedule={order.Schedule}"]);
        return string.Join("\n", lines) + "\n";
    }

    private static string Timer(ServiceOrder order) => string.Format(
        CultureInfo.InvariantCulture,
        "[Unit]\nDescription={0}\n\n[Timer]\nOnBootSec={1}\nOnUnitInactiveSec={1}\nRandomizedDelaySec={2}\nAccuracySec=1s\n\n[Install]\nWantedBy=timers.target\n",
        Percent($"{order.Description}, {order.Schedule}"),
        order.TimerInterval,
        System.Math.Max(1, order.TimerInterval / 10));

    /// <summary>A word of a unit's line: quoted, with nothing in it that systemd would read otherwise.</summary>
    private static string Quote(string word) => Percent($"\"{word.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"");

    private static string Percent(string text) => text.Replace("%", "%%");
}
