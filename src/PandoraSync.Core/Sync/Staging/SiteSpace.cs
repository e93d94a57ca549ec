using System;
using System.Threading;
using PandoraSync.Native;
using PandoraSync.Protocol;

namespace PandoraSync.Sync.Staging;

/// <summary>
/// Space on the incoming directory's disk for what one site announces. What other sites announce does not count, since they need not send
/// it: so that no site takes another's room with words, everybody is measured by what is really free, before a file and while it comes.
/// </summary>
/// <param name="folder">A folder on the disk.</param>
/// <param name="site">The site's name, for messages.</param>
/// <param name="minFreeBytes">Bytes that stay free, and for each 16 KB of them an inode; 0 uses all.</param>
internal sealed class SiteSpace(string folder, string site, long minFreeBytes)
{
    // ext4's ratio; of a disk with few inodes a tenth is enough.
    private const long BytesPerInode = 16 * 1024;
    private const long InodesPerReserved = 10;
    private const string Advice = "make room, then run again; nothing is lost.";
    private long _announced;

    /// <summary>Takes room for a file if the reserves are kept when all has come that this site has announced.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.DiskFull"/>: there is too little.</exception>
    public void Take(long bytes)
    {
        if (minFreeBytes > 0 && FileSystemCalls.FreeBytes(folder) is { } free && free - Interlocked.Read(ref _announced) - bytes < minFreeBytes)
            throw Full($"has {free} bytes free, too few for a file of {bytes} bytes and the {minFreeBytes} that stay free");
        if (minFreeBytes > 0 && FileSystemCalls.Inodes(folder) is var (inodes, all) && Math.Min(minFreeBytes / BytesPerInode, all / InodesPerReserved) is var kept && inodes <= kept)
            throw Full($"has {inodes} inodes free, too few for another file and the {kept} that stay free");
        Interlocked.Add(ref _announced, bytes);
    }

    /// <summary>Gives back room: the bytes have come, or will not come.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _announced, -bytes);

    /// <summary>Looks whether the reserve of bytes is still there, whoever is writing.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.DiskFull"/>: it is not.</exception>
    public void Check()
    {
        if (minFreeBytes > 0 && FileSystemCalls.FreeBytes(folder) is { } free && free < minFreeBytes)
            throw Full($"has {free} bytes free, less than the {minFreeBytes} that stay free");
    }

    private TentacleException Full(string how) =>
        new(TentacleErrorKind.DiskFull, $"The disk of '{folder}' {how}: {Advice}") { Peer = site, File = folder, Step = "store" };
}
