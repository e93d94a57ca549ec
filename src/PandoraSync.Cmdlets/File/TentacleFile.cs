using System;
using PandoraSync.Client;
using PandoraSync.Protocol;

namespace PandoraSync.Cmdlets.File;

/// <summary>A file at a Tentacle server.</summary>
public sealed class TentacleFile
{
    internal TentacleFile(TentacleSession session, ListedName listed, string folder, long? length)
    {
        Session = session;
        Name = listed.Name;
        WhyUnsafe = listed.WhyUnsafe;
        Folder = folder;
        Length = length;
        Time = AgentDataName.TryGetEpoch(listed.Name, out var epoch) ? DateTimeOffset.FromUnixTimeSeconds(epoch).LocalDateTime : null;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Bytes; null unless asked for with -Detailed, and for what is no file.</summary>
    public long? Length { get; }

    /// <summary>When the agent wrote it, local time, read from its name; null if the name has no time.</summary>
    public DateTime? Time { get; }

    /// <summary>The folder at the server; empty for the buffer itself.</summary>
    public string Folder { get; }

    /// <summary>False if the name must not be asked of a server.</summary>
    public bool IsSafe => WhyUnsafe is null;

    /// <summary>Why the name is unsafe; null if it is safe.</summary>
    public string? WhyUnsafe { get; }

    /// <summary>The server: <c>host:port</c>.</summary>
    public string Endpoint => Session.Endpoint;

    /// <summary>The session to reach it by; pipes use it.</summary>
    public TentacleSession Session { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
