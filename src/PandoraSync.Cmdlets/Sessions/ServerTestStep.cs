using PandoraSync.Cmdlets.Base;
using PandoraSync.Protocol;

namespace PandoraSync.Cmdlets.Sessions;

/// <summary>One step of Test-TentacleServer.</summary>
public sealed class ServerTestStep
{
    internal ServerTestStep(TentacleEndpoint server, string step, string detail)
        : this(server, step, detail, error: null)
    {
    }

    internal ServerTestStep(TentacleEndpoint server, string step, TentacleException error)
        : this(server, step, ErrorMapper.Problem(error), error)
    {
    }

    private ServerTestStep(TentacleEndpoint server, string step, string detail, TentacleException? error)
    {
        (ComputerName, Port) = (server.Host, server.Port);
        (Step, Detail) = (step, detail);
        Succeeded = error is null;
        if (error is not null)
            (ErrorId, RecommendedAction) = (ErrorMapper.IdOf(error), ErrorMapper.Advice(error));
    }

    /// <summary>The server's host.</summary>
    public string ComputerName { get; }

    /// <summary>The server's port.</summary>
    public int Port { get; }

    /// <summary>What was tried: Name, Port, TLS, Authentication, Listing, Folder where one is asked for or, at a server of ours, Storage.</summary>
    public string Step { get; }

    /// <summary>Whether it works.</summary>
    public bool Succeeded { get; }

    /// <summary>What was found.</summary>
    public string Detail { get; }

    /// <summary>The error's id, such as <c>Tentacle.Unreachable</c>; null where it works.</summary>
    public string? ErrorId { get; }

    /// <summary>What to do where it does not work; null where it does.</summary>
    public string? RecommendedAction { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Step}: {Detail}";
}
