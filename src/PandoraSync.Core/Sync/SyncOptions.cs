using System;
using System.IO;
using PandoraSync.Files;
using PandoraSync.Protocol;
using PandoraSync.Sync.Journal;
using PandoraSync.Sync.Monitoring;

namespace PandoraSync.Sync;

/// <summary>How sites are drained. Checked where it is made and not changed afterwards.</summary>
internal sealed record SyncOptions
{
    private readonly int _connections = 8;
    private readonly int _throttleLimit = 32;
    private readonly long _minFreeBytes = TentacleLimits.DefaultMinFreeBytes;
    private readonly long _maxFileBytes = TentacleLimits.DefaultMaxTakenBytes;

    /// <summary>Makes options.</summary>
    /// <param name="incomingDirectory">Pandora FMS's incoming directory: a full path to an existing folder.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: not a full path.</exception>
    public SyncOptions(string incomingDirectory)
    {
        if (!PathRules.IsFull(incomingDirectory))
            throw new TentacleException(TentacleErrorKind.Configuration, $"The incoming directory '{TentacleText.Show(incomingDirectory)}' is not a full path: give an absolute one.");
        IncomingDirectory = Path.GetFullPath(incomingDirectory);
    }

    /// <summary>Where files arrive.</summary>
    public string IncomingDirectory { get; }

    /// <summary>True to take copies only: the sites keep their files.</summary>
    public bool KeepsFiles { get; init; }

    /// <summary>False to ask stock servers for one file at a time on every line, as for comparisons; true by default.</summary>
    public bool AsksAhead { get; init; } = true;

    /// <summary>Most connections to each site, 1 to 64; 8 by default. As many are used as help, and as the server lets in.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: out of range.</exception>
    public int Connections
    {
        get => _connections;
        init => _connections = InRange(value, 1, 64, $"{value} connections are out of range: give 1 to 64.");
    }

    /// <summary>Sites drained side by side, 1 to 10,000; 32 by default.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: out of range.</exception>
    public int ThrottleLimit
    {
        get => _throttleLimit;
        init => _throttleLimit = InRange(value, 1, 10_000, $"{value} sites side by side are out of range: give 1 to 10000.");
    }

    /// <summary>Bytes of the incoming directory's disk that are left free, and an inode for each 16 KB of them (at most a tenth of all), so that no site can fill it; 16 MB by default, 0 fills the disk.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: negative.</exception>
    public long MinFreeBytes
    {
        get => _minFreeBytes;
        init => _minFreeBytes = InRange(value, 0L, long.MaxValue, $"Free space of {value} bytes is out of range: give 0 or more.");
    }

    /// <summary>Largest file that is taken, in bytes, 1 or more; 20,000,000 by default. A larger one is left at its site and named in the result.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: less than 1.</exception>
    public long MaxFileBytes
    {
        get => _maxFileBytes;
        init => _maxFileBytes = InRange(value, 1L, long.MaxValue, $"A largest file of {value} bytes is out of range: give 1 or more.");
    }

    /// <summary>How much is kept of what runs came to, beside the staging folders; null to write nothing down.</summary>
    public JournalLimits? Journal { get; init; }

    /// <summary>How the sync server has itself monitored, where it keeps a journal; null for not at all.</summary>
    public SelfMonitoringOptions? Monitoring { get; init; }

    /// <summary>Told of each file that has arrived, from any thread; null for nobody.</summary>
    public Action<ReceivedFile>? Received { get; init; }

    /// <summary>Told how far a site is, from any thread, often; null for nobody.</summary>
    public Action<SyncProgress>? Progress { get; init; }

    /// <summary>Told in a sentence what a person must see to, such as files that an earlier run has left; from any thread; null for nobody.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Told the story in sentences, from any thread; null for nobody.</summary>
    public Action<string>? Verbose { get; init; }

    private static T InRange<T>(T value, T least, T most, string message)
        where T : IComparable<T> =>
        value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0 ? value : throw new TentacleException(TentacleErrorKind.Configuration, message);
}
