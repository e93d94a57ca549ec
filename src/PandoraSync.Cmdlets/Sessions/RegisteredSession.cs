using PandoraSync.Client;
using PandoraSync.Cmdlets.Base;

namespace PandoraSync.Cmdlets.Sessions;

/// <summary>
/// A session of this process as people see it. Where it comes back from a job or a file, its host and port bind to the next cmdlet; password
/// and certificates are not in it and have to be given again.
/// </summary>
public sealed class RegisteredSession : IPipedItem
{
    internal RegisteredSession(TentacleSession inner) => Inner = inner;

    /// <summary>The number to call it by.</summary>
    public int Id => Inner.Id;

    /// <summary>The name to call it by.</summary>
    public string Name => Inner.Name;

    /// <summary>The server's host.</summary>
    public string ComputerName => Inner.Options.Endpoint.Host;

    /// <summary>The server's port.</summary>
    public int Port => Inner.Options.Endpoint.Port;

    /// <summary>Idle, Connected or Closed. An idle session connects again by itself.</summary>
    public string State => Inner.State.ToString();

    /// <summary>Whether it speaks TLS.</summary>
    public bool UsesTls => Inner.Options.Tls is not null;

    /// <summary>Whether it gives a password.</summary>
    public bool HasPassword => Inner.Options.Password is not null;

    /// <summary>The HTTP proxy it goes through: <c>host:port</c>; null for none.</summary>
    public string? Proxy => Inner.Options.Proxy?.Endpoint.ToString();

    /// <summary>How long it waits for a connection and for each read or write, in seconds.</summary>
    public double TimeoutSec => Inner.Options.Timeout.TotalSeconds;

    /// <summary>How often a step that is safe to repeat is tried again.</summary>
    public int RetryCount => Inner.Options.RetryCount;

    /// <summary>What does the work.</summary>
    internal TentacleSession Inner { get; }

    /// <inheritdoc/>
    RegisteredSession IPipedItem.GetSession() => this;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
