using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PandoraSync.Protocol;

namespace PandoraSync.Services;

/// <summary>What registering a service changes: looked at first, then done.</summary>
internal sealed class ServiceRegistration
{
    private readonly IServiceManager _manager;
    private readonly ServiceOrder _order;
    private readonly ServiceRecord? _before;
    private readonly bool _force;

    /// <summary>Looks at what is there.</summary>
    /// <param name="manager">What is to run the service.</param>
    /// <param name="order">The service.</param>
    /// <param name="force">True to replace what others have written or edited.</param>
    /// <exception cref="TentacleException">A file was edited or is not ours, or cannot be read.</exception>
    public ServiceRegistration(IServiceManager manager, ServiceOrder order, bool force)
    {
        (_manager, _order, _force) = (manager, order, force);
        Files = manager.FilesOf(order);
        _before = manager.Find().FirstOrDefault(s => string.Equals(s.Name, order.Name, StringComparison.Ordinal));
        if (_before is { IsEdited: true } && !force && ServiceStore.Changes(Files, force: true).Count == 0)
            throw new TentacleException(TentacleErrorKind.LocalFile, $"The service {order.Name} was edited in {manager.Name} since it was registered and is not replaced: give -Force to lose that.") { Step = "service" };
        Changes = ServiceStore.Changes(Files, force);
        Stale = _before?.Paths.Where(p => Files.All(f => !string.Equals(f.Path, p, StringComparison.Ordinal))).ToArray() ?? [];
    }

    /// <summary>The service's files as they should be.</summary>
    public IReadOnlyList<ServiceFile> Files { get; }

    /// <summary>Those of them that are not so yet.</summary>
    public IReadOnlyList<ServiceFile> Changes { get; }

    /// <summary>Files of the service as it was that have no place in it any more.</summary>
    public IReadOnlyList<string> Stale { get; }

    /// <summary>Writes the files, and has the service run unless told not to.</summary>
    /// <returns>True if that changed anything.</returns>
    /// <exception cref="TentacleException">A file cannot be written, or the manager refuses.</exception>
    public bool Apply(bool start)
    {
        var hasChanged = Changes.Count > 0 || Stale.Count > 0;
        if (Stale.Count > 0)
        {
            _manager.Stop(_before! with { Paths = Stale });
            ServiceStore.Remove(Stale, _force);
        }

        if (Changes.Count > 0)
            Directory.CreateDirectory(Path.GetDirectoryName(Changes[0].Path)!);
        ServiceStore.Write(Changes);
        return (start && _manager.Start(_order, hasChanged)) || hasChanged;
    }
}
