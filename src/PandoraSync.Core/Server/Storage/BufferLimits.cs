using System;
using PandoraSync.Protocol;

namespace PandoraSync.Server.Storage;

/// <summary>How much a server keeps in its storage directory, its folders included; only whole files count. Checked where it is made and not changed afterwards.</summary>
internal sealed record BufferLimits
{
    private static readonly TimeSpan LeastAge = TimeSpan.FromMinutes(1);
    private readonly long _maxBytes;
    private readonly long _maxFiles;
    private readonly long _minFreeBytes = TentacleLimits.DefaultMinFreeBytes;
    private readonly TimeSpan _maxAge;

    /// <summary>Most bytes of files; 0, the default, for no limit.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: negative.</exception>
    public long MaxBytes
    {
        get => _maxBytes;
        init => _maxBytes = NotNegative(value, $"buffer size of {value} bytes");
    }

    /// <summary>Most files; 0, the default, for no limit.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: negative.</exception>
    public long MaxFiles
    {
        get => _maxFiles;
        init => _maxFiles = NotNegative(value, $"limit of {value} files in the buffer");
    }

    /// <summary>Longest time that a file waits for whoever calls in, a minute or more; zero, the default, for no limit.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: negative, or less than a minute.</exception>
    public TimeSpan MaxAge
    {
        get => _maxAge;
        init => _maxAge = value >= LeastAge || NotNegative(value.Ticks, $"age limit of {value} for files in the buffer") == 0
            ? value
            : throw new TentacleException(TentacleErrorKind.Configuration, $"An age limit of {value} would empty the buffer before anybody can call in: give a minute at least, or 0 for no limit.");
    }

    /// <summary>
    /// Bytes of the disk that are left free, and for each 16 KB of them an inode where the file system has a fixed number (a tenth of
    /// all at most): what would need them is refused. 16 MB by default; 0 fills the disk.
    /// </summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: negative.</exception>
    public long MinFreeBytes
    {
        get => _minFreeBytes;
        init => _minFreeBytes = NotNegative(value, $"reserve of {value} bytes of free space");
    }

    /// <summary>
    /// Over a limit, deletes the oldest files instead of refusing new ones, once a new one is there whole. Off by default: what is refused
    /// stays with the agent and comes again.
    /// </summary>
    public bool DropOldest { get; init; }

    /// <summary>True if anything but free space is limited, so that files must be counted.</summary>
    internal bool CountFiles => MaxBytes > 0 || MaxFiles > 0 || MaxAge > TimeSpan.Zero;

    private static long NotNegative(long value, string what) => value >= 0
        ? value
        : throw new TentacleException(TentacleErrorKind.Configuration, $"The {what} is out of range: give 0 for no limit, or more.");
}
