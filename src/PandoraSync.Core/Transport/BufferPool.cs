using System.Collections.Concurrent;

namespace PandoraSync.Transport;

/// <summary>Reuses the large buffers that content passes through, so that idle connections hold none.</summary>
internal static class BufferPool
{
    public const int BufferBytes = 64 * 1024;

    // Enough for the transfers that two dozen cores can have in hand; more are left to the garbage collector.
    private const int MostKept = 256;
    private static readonly ConcurrentBag<byte[]> Kept = [];

    public static byte[] Rent() => Kept.TryTake(out var buffer) ? buffer : new byte[BufferBytes];

    public static void Return(byte[] buffer)
    {
        if (Kept.Count < MostKept)
            Kept.Add(buffer);
    }
}
