using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PandoraSync.Files;
using PandoraSync.Native;

namespace PandoraSync.Services;

/// <summary>Windows's Task Scheduler: documents in a folder of ours, and schtasks, which registers them below \PandoraSync.</summary>
/// <param name="folder">The folder of documents.</param>
/// <param name="say">Told what is done.</param>
internal sealed class TaskScheduler(string folder, Action<string> say) : IServiceManager
{
    /// <summary>Where documents are, so that a task can be compared with what was registered.</summary>
    public static string DefaultFolder => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "PandoraSync", "services");

    /// <inheritdoc/>
    public string Name => "Task Scheduler";

    private bool IsRunning { get; } = FileSystemCalls.IsWindows && string.Equals(folder, DefaultFolder, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public IReadOnlyList<ServiceFile> FilesOf(ServiceOrder order) => [new(Path.Combine(folder, $"{order.Name}.xml"), TaskDocument.Make(order))];

    /// <inheritdoc/>
    public bool Start(ServiceOrder order, bool hasChanged)
    {
        if (!IsRunning)
        {
            say($"The document is in {folder}; no Task Scheduler runs here that reads it, so {order.Name} is not started.");
            return false;
        }

        if (!hasChanged && QueryTask(order.Name) is not null)
            return false;
        SystemCommand.Must("schtasks.exe", "/Create", "/F", "/TN", TaskOf(order.Name), "/XML", FilesOf(order)[0].Path);
        SystemCommand.Run("schtasks.exe", "/End", "/TN", TaskOf(order.Name));
        say($"Starting {TaskOf(order.Name)}.");
        SystemCommand.Must("schtasks.exe", "/Run", "/TN", TaskOf(order.Name));
        return true;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ServiceRecord> Find()
    {
        try
        {
            return Directory.Exists(folder) ? Directory.GetFiles(folder, "*.xml").OrderBy(p => p, StringComparer.Ordinal).Select(Describe).OfType<ServiceRecord>().ToArray() : [];
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            throw LocalFileError.Explain(e, folder, "read");
        }
    }

    /// <inheritdoc/>
    public void Stop(ServiceRecord service)
    {
        if (!IsRunning || QueryTask(service.Name) is null)
            return;
        SystemCommand.Run("schtasks.exe", "/End", "/TN", TaskOf(service.Name));
        SystemCommand.Must("schtasks.exe", "/Delete", "/F", "/TN", TaskOf(service.Name));
    }

    /// <inheritdoc/>
    public void Forget(ServiceRecord service)
    {
        // The task is gone already.
    }

    private static string TaskOf(string name) => $@"\PandoraSync\{name}";

    private static string? QueryTask(string name) => SystemCommand.Run("schtasks.exe", "/Query", "/XML", "/TN", TaskOf(name)) is (0, var text) ? text : null;

    private ServiceRecord? Describe(string path)
    {
        if (ServiceStore.Read(path) is not { } text || FileMark.IsUntouched(text) is not { } untouched)
            return null;
        var name = Path.GetFileNameWithoutExtension(path);
        try
        {
            var task = IsRunning ? QueryTask(name) : null;
            var source = TaskDocument.SourceOf(text);
            var isSame = task is null || string.Equals(TaskDocument.ActionOf(task), TaskDocument.ActionOf(text), StringComparison.Ordinal);
            return new ServiceRecord(name, source[0], source[1], source[2], !IsRunning ? "unknown" : task is null ? "not registered" : "registered", !untouched || !isSame, [path]);
        }
        catch (Exception e) when (e is System.Xml.XmlException or InvalidOperationException or ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            return new ServiceRecord(name, string.Empty, string.Empty, string.Empty, "unknown", IsEdited: true, [path]);
        }
    }
}
