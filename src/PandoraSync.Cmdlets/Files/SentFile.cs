using PandoraSync.Client;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Cmdlets.Sessions;

namespace PandoraSync.Cmdlets.Files;

/// <summary>A file that a server has confirmed to have. Its name, host and port bind to the next cmdlet.</summary>
public sealed class SentFile : IPipedItem
{
    private readonly RegisteredSession _session;

    internal SentFile(TentacleSession session, string name, long length, string path)
    {
        _session = new RegisteredSession(session);
        (ComputerName, Port) = (session.Options.Endpoint.Host, session.Options.Endpoint.Port);
        (Name, Length, Path) = (name, length, path);
    }

    /// <summary>The server's host.</summary>
    public string ComputerName { get; }

    /// <summary>The server's port.</summary>
    public int Port { get; }

    /// <summary>Its name at the server.</summary>
    public string Name { get; }

    /// <summary>Bytes of its content.</summary>
    public long Length { get; }

    /// <summary>The file that was sent.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    RegisteredSession IPipedItem.GetSession() => _session;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
