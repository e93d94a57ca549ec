using System.Collections.Concurrent;

namespace PandoraSync.Files;

/// <summary>
/// Reuses the buffers that content passes through, so that idle connections hold none. Small ones are for small files and for peers
/// that have not shown yet that they are fast: thousands of those may be under way at once.
/// </summary>
internal static class BufferPool
{
    public const int BufferBytes = 64 * 1024;
    public const int SmallBufferBytes = 4 * 1024;

    // Enough for the transfers that two dozen cores can have in hand; more are left to the garbage collector.
    private const int MostKept = 256;
    private static readonly ConcurrentBag<byte[]> Kept = [];
    private static readonly ConcurrentBag<byte[]> SmallKept = [];

    public static byte[] Rent() => Kept.TryTake(out var buffer) ? buffer : new byte[BufferBytes];

    public static byte[] RentSmall() => SmallKept.TryTake(out var buffer) ? buffer : new byte[SmallBufferBytes];

    public static void Return(byte[] buffer)
    {
        var kept = buffer.Length == BufferBytes ? Kept : SmallKept;
        if (kept.Count < MostKept)
            kept.Add(buffer);
    }
}
