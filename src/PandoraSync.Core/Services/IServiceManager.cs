using System.Collections.Generic;

namespace PandoraSync.Services;

/// <summary>What runs services on a system.</summary>
internal interface IServiceManager
{
    /// <summary>The name that people know it by.</summary>
    string Name { get; }

    /// <summary>A service as files.</summary>
    IReadOnlyList<ServiceFile> FilesOf(ServiceOrder order);

    /// <summary>Has a service run from its files, now and after each start of the system.</summary>
    /// <param name="order">The service.</param>
    /// <param name="hasChanged">True if its files have just changed.</param>
    /// <returns>True if that changed anything.</returns>
    /// <exception cref="Protocol.TentacleException">The manager refuses.</exception>
    bool Start(ServiceOrder order, bool hasChanged);

    /// <summary>The services that this module has registered.</summary>
    /// <exception cref="Protocol.TentacleException">The folder cannot be read.</exception>
    IReadOnlyList<ServiceRecord> Find();

    /// <summary>Ends a service and has it not start again.</summary>
    /// <exception cref="Protocol.TentacleException">The manager refuses.</exception>
    void Stop(ServiceRecord service);

    /// <summary>Says that a service's files are gone.</summary>
    void Forget(ServiceRecord service);
}
