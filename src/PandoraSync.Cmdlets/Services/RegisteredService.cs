using PandoraSync.Cmdlets.Base;
using PandoraSync.Services;

namespace PandoraSync.Cmdlets.Services;

/// <summary>A service that Register-PandoraSyncService has made.</summary>
public sealed class RegisteredService
{
    internal RegisteredService(ServiceRecord record, string manager)
    {
        Record = record;
        Manager = manager;
        Path = new TextList(record.Paths);
    }

    /// <summary>Its name.</summary>
    public string Name => Record.Name;

    /// <summary>Sync for the one that drains sites, Server for the one that keeps what agents send.</summary>
    public string End => Record.End;

    /// <summary>What its manager says of it, such as active or failed; unknown where none runs.</summary>
    public string State => Record.State;

    /// <summary>always, or how often it runs.</summary>
    public string Schedule => Record.Schedule;

    /// <summary>True if somebody has edited a file of it, which is then left alone.</summary>
    public bool IsEdited => Record.IsEdited;

    /// <summary>The configuration or folder that it is about.</summary>
    public string Subject => Record.Subject;

    /// <summary>systemd or Task Scheduler.</summary>
    public string Manager { get; }

    /// <summary>Its files.</summary>
    public TextList Path { get; }

    /// <summary>True if Register-PandoraSyncService has just changed anything.</summary>
    public bool HasChanged { get; internal set; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal ServiceRecord Record { get; }
}
