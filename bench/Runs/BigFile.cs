using System;
using System.IO;
using PandoraSync.TestSupport;

namespace PandoraSync.Bench;

/// <summary>A large file: it is made and flushed before anything is measured, and compared afterwards in samples.</summary>
internal static class BigFile
{
    public const string Name = "big.data";

    private const int BlockBytes = 1024 * 1024;
    private const int Blocks = 7;

    /// <summary>Makes it.</summary>
    public static void Make(string path, int megabytes)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var i = 0; i < megabytes; i++)
            stream.Write(Block(i));
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Makes sure that a copy is whole.</summary>
    /// <exception cref="BenchFailedException">It is not.</exception>
    public static void Check(string path, int megabytes)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length != (long)megabytes * BlockBytes)
            throw new BenchFailedException($"{stream.Length} bytes of {megabytes} MB have arrived.");
        var block = new byte[BlockBytes];
        for (var i = 0; i < megabytes; i += Math.Max(1, megabytes / 16))
        {
            stream.Position = (long)i * BlockBytes;
            stream.ReadExactly(block);
            if (!block.AsSpan().SequenceEqual(Block(i)))
                throw new BenchFailedException($"The file differs in its MB {i}.");
        }
    }

    // Neighbours differ, so that a piece in the wrong place shows.
    private static byte[] Block(int number) => Known[number % Blocks];

    private static byte[][] Known { get; } = MakeBlocks();

    private static byte[][] MakeBlocks()
    {
        var blocks = new byte[Blocks][];
        for (var i = 0; i < Blocks; i++)
            blocks[i] = AgentData.Noise(i, BlockBytes);
        return blocks;
    }
}
