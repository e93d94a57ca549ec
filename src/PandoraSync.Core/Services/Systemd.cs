using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PandoraSync.Files;

namespace PandoraSync.Services;

/// <summary>systemd: units in a folder, and systemctl where it runs and the folder is its own.</summary>
/// <param name="folder">The folder of units.</param>
/// <param name="say">Told what is done.</param>
internal sealed class Systemd(string folder, Action<string> say) : IServiceManager
{
    private const string UserFolder = "/etc/sysusers.d";

    /// <inheritdoc/>
    public string Name => "systemd";

    private bool IsItsFolder { get; } = string.Equals(folder, SystemdUnits.DefaultFolder, StringComparison.Ordinal);

    private bool IsRunning => IsItsFolder && Directory.Exists("/run/systemd/system");

    /// <inheritdoc/>
    public IReadOnlyList<ServiceFile> FilesOf(ServiceOrder order) => SystemdUnits.Make(order, folder);

    /// <inheritdoc/>
    public bool Start(ServiceOrder order, bool hasChanged)
    {
        if (!IsRunning)
        {
            say($"The units are in {folder}; no systemd runs here that reads them, so {order.Name} is not started.");
            return false;
        }

        if (string.Equals(order.User, ServiceOrder.OwnUser, StringComparison.Ordinal))
            MakeUser();
        var unit = $"{order.Name}.{(order.TimerInterval > 0 ? "timer" : "service")}";
        if (hasChanged)
            SystemCommand.Must("systemctl", "daemon-reload");
        var isActive = SystemCommand.Run("systemctl", "is-active", unit).ExitCode == 0;
        var isEnabled = SystemCommand.Run("systemctl", "is-enabled", unit).ExitCode == 0;
        if (isActive && isEnabled && !hasChanged)
            return false;
        SystemCommand.Must("systemctl", "enable", unit);
        say($"Starting {unit}.");
        SystemCommand.Must("systemctl", isActive ? "restart" : "start", unit);
        return true;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ServiceRecord> Find()
    {
        try
        {
            return Directory.Exists(folder) ? Directory.GetFiles(folder, "*.service").OrderBy(p => p, StringComparer.Ordinal).Select(Describe).OfType<ServiceRecord>().ToArray() : [];
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            throw LocalFileError.Explain(e, folder, "read");
        }
    }

    /// <inheritdoc/>
    public void Stop(ServiceRecord service)
    {
        if (!IsRunning)
            return;
        foreach (var unit in service.Paths.Reverse().Select(Path.GetFileName))
        {
            if (SystemCommand.Run("systemctl", "is-active", unit!).ExitCode == 0)
                SystemCommand.Must("systemctl", "stop", unit!);
            SystemCommand.Run("systemctl", "disable", unit!);
        }
    }

    /// <inheritdoc/>
    public void Forget(ServiceRecord service)
    {
        if (IsRunning)
            SystemCommand.Must("systemctl", "daemon-reload");
    }

    private static void MakeUser()
    {
        var file = SystemdUnits.OwnUser(UserFolder);
        ServiceStore.Write(ServiceStore.Changes([file], force: false));
        SystemCommand.Must("systemd-sysusers", file.Path);
    }

    private ServiceRecord? Describe(string path)
    {
        if (ServiceStore.Read(path) is not { } text || FileMark.IsUntouched(text) is null)
            return null;
        var timer = Path.ChangeExtension(path, "timer");
        var isTimed = ServiceStore.Read(timer) is { } timerText && FileMark.IsUntouched(timerText) is not null;
        string[] paths = isTimed ? [path, timer] : [path];
        var values = text.Split('\n').Select(l => l.Split(['='], 2)).Where(p => p.Length == 2).GroupBy(p => p[0], StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Last()[1], StringComparer.Ordinal);
        var state = IsRunning ? SystemCommand.Run("systemctl", "is-active", Path.GetFileName(paths.Last())).Output : "unknown";
        return new ServiceRecord(Path.GetFileNameWithoutExtension(path), ValueOf("End"), ValueOf("Subject"), ValueOf("Schedule"), state, paths.Any(p => FileMark.IsUntouched(ServiceStore.Read(p)!) == false), paths);

        string ValueOf(string key) => values.TryGetValue(key, out var value) ? value : string.Empty;
    }
}
