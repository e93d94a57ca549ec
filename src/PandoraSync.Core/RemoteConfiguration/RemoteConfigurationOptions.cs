using System;
using System.IO;
using System.Threading.Tasks;
using PandoraSync.Files;
using PandoraSync.Protocol;

namespace PandoraSync.RemoteConfiguration;

/// <summary>How configurations are carried. Checked where it is made and not changed afterwards.</summary>
internal sealed record RemoteConfigurationOptions
{
    /// <summary>Largest configuration by default, in bytes: some ten times a long one.</summary>
    public const long DefaultMaxFileBytes = 1_000_000;

    /// <summary>Most agents of one site by default.</summary>
    public const int DefaultMaxAgents = 50_000;

    private readonly long _maxFileBytes = DefaultMaxFileBytes;
    private readonly int _maxAgents = DefaultMaxAgents;

    /// <summary>Makes options.</summary>
    /// <param name="incomingDirectory">Pandora FMS's incoming directory, which has <c>conf</c> and <c>md5</c> below it: a full path.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: not a full path.</exception>
    public RemoteConfigurationOptions(string incomingDirectory)
    {
        if (!PathRules.IsFull(incomingDirectory))
            throw new TentacleException(TentacleErrorKind.Configuration, $"The incoming directory '{TentacleText.Show(incomingDirectory)}' is not a full path: give an absolute one.");
        IncomingDirectory = Path.GetFullPath(incomingDirectory);
    }

    /// <summary>The directory that the folders are below.</summary>
    public string IncomingDirectory { get; }

    /// <summary>Whose version is taken where both sides have changed.</summary>
    public ConfigurationPreference Prefer { get; init; }

    /// <summary>Removes what was deleted on one side on the other one too.</summary>
    public bool RemoveDeleted { get; init; }

    /// <summary>Whether changes of sites are taken.</summary>
    public bool IsUp { get; init; } = true;

    /// <summary>Whether changes of the main server are sent.</summary>
    public bool IsDown { get; init; } = true;

    /// <summary>Sends all collections to each site, not only those that its agents use.</summary>
    public bool AllCollections { get; init; }

    /// <summary>Most connections to each site, 1 to 64; 8 by default.</summary>
    public int Connections { get; init; } = 8;

    /// <summary>Sites side by side; 32 by default.</summary>
    public int ThrottleLimit { get; init; } = 32;

    /// <summary>Largest configuration that is taken from a site, in bytes, 1 to 16,000,000.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: out of range.</exception>
    public long MaxFileBytes
    {
        get => _maxFileBytes;
        init => _maxFileBytes = value is >= 1 and <= 16_000_000
            ? value
            : throw new TentacleException(TentacleErrorKind.Configuration, $"A largest configuration of {value} bytes is out of range: give 1 to 16000000.");
    }

    /// <summary>Most agents that one site may have, 1 to 1,000,000.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: out of range.</exception>
    public int MaxAgents
    {
        get => _maxAgents;
        init => _maxAgents = value is >= 1 and <= 1_000_000
            ? value
            : throw new TentacleException(TentacleErrorKind.Configuration, $"{value} agents are out of range: give 1 to 1000000.");
    }

    /// <summary>Bytes of the incoming directory's disk that are left free.</summary>
    public long MinFreeBytes { get; init; } = TentacleLimits.DefaultMinFreeBytes;

    /// <summary>Asked before each change, with the file and which way, and with the reason; null to change without asking.</summary>
    public Func<string, string, Task<bool>>? Confirm { get; init; }

    /// <summary>Told of each thing that was done or has to be said, from any thread; null for nobody.</summary>
    public Action<ConfigurationChange>? Changed { get; init; }

    /// <summary>Told each site's result when it is done, from any thread; null for nobody.</summary>
    public Action<ConfigurationResult>? Completed { get; init; }

    /// <summary>Told how far a site is, from any thread; null for nobody.</summary>
    public Action<ConfigurationProgress>? Progress { get; init; }

    /// <summary>Told in a sentence what a person must see to, from any thread; null for nobody.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Told the story in sentences, from any thread; null for nobody.</summary>
    public Action<string>? Verbose { get; init; }
}
