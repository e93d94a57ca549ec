using System;
using PandoraSync.Client;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Cmdlets.Sessions;
using PandoraSync.Protocol;

namespace PandoraSync.Cmdlets.Files;

/// <summary>A file at a Tentacle server. Its name, host and port bind to the next cmdlet, also where it comes back from a job or a file.</summary>
public sealed class TentacleFile : IPipedItem
{
    // 2000: a smaller number in a name counts something else.
    private const long FirstEpoch = 946_684_800;
    private readonly RegisteredSession _session;

    internal TentacleFile(TentacleSession session, ListedName listed, string folder, long? length)
    {
        _session = new RegisteredSession(session);
        (ComputerName, Port) = (session.Options.Endpoint.Host, session.Options.Endpoint.Port);
        Name = listed.Name;
        UnsafeReason = listed.UnsafeReason;
        Folder = folder;
        Length = length;
        Time = AgentDataName.TryGetEpoch(listed.Name, out var epoch) && epoch >= FirstEpoch ? DateTimeOffset.FromUnixTimeSeconds(epoch).LocalDateTime : null;
    }

    /// <summary>The server's host.</summary>
    public string ComputerName { get; }

    /// <summary>The server's port.</summary>
    public int Port { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Bytes; null unless asked for with -Detailed, and for what is no file.</summary>
    public long? Length { get; }

    /// <summary>When the agent wrote it, local time, read from its name; null if the name has no time.</summary>
    public DateTime? Time { get; }

    /// <summary>The folder at the server; empty for the buffer itself.</summary>
    public string Folder { get; }

    /// <summary>False if the name must not be asked of a server.</summary>
    public bool IsSafe => UnsafeReason is null;

    /// <summary>Why the name is unsafe; null if it is safe.</summary>
    public string? UnsafeReason { get; }

    /// <inheritdoc/>
    RegisteredSession IPipedItem.GetSession() => _session;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
