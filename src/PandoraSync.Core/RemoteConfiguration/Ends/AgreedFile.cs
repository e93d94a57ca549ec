using System;
using System.Collections.Generic;

namespace PandoraSync.RemoteConfiguration.Ends;

/// <summary>What one site and the main server last agreed on about a file.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name without extension.</param>
/// <param name="Digest">The MD5 of its content.</param>
/// <param name="State">Whether it counts.</param>
internal sealed record AgreedFile(ConfigurationKind Kind, string Name, string Digest, AgreedState State = AgreedState.Agreed)
{
    /// <summary>The collections that an agent's configuration uses.</summary>
    public IReadOnlyList<string> Collections { get; init; } = Array.Empty<string>();

    /// <summary>The commands that an agent's configuration waits for.</summary>
    public IReadOnlyList<string> Commands { get; init; } = Array.Empty<string>();
}
