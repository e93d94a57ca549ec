using System;
using System.IO;
using System.Linq;
using PandoraSync.Files;
using PandoraSync.Protocol;

namespace PandoraSync.Fuzz.Targets;

/// <summary>Archives: what comes out is bounded, what is packed comes out again, and damage is never taken for content.</summary>
internal static class ZipTarget
{
    private const int Limit = 256 * 1024;

    public static void Run(byte[] input)
    {
        CheckForeign(input);
        var archive = Pack(input);
        Promise.Holds(Read(archive, input.Length) is { } same && same.SequenceEqual(input), "what is packed comes out again");
        if (Read(Damage(archive, Dice.For(input)), Limit) is { } damaged)
            Promise.Holds(damaged.SequenceEqual(input), "damage is never taken for content");
    }

    private static void CheckForeign(byte[] archive)
    {
        if (Read(archive, Limit) is not { } content)
            return;
        Promise.Holds(Read(archive, content.Length) is { } same && same.SequenceEqual(content), "an archive of just the limit is read");
        if (content.Length > 0)
            Promise.Holds(Read(archive, content.Length - 1) is null, "an archive of a byte over the limit is refused");
    }

    private static byte[] Pack(byte[] content)
    {
        using var archive = new MemoryStream();
        ZipMember.Write(new MemoryStream(content), archive, "a.data");
        return archive.ToArray();
    }

    /// <summary>Unpacks; null if it was refused.</summary>
    private static byte[]? Read(byte[] archive, int limit)
    {
        using var content = new MemoryStream();
        return Promise.OrRefusal(ReadAll, TentacleErrorKind.Protocol, TentacleErrorKind.TooLarge) is { } all && all.Length <= limit ? all : Refused();

        byte[] ReadAll()
        {
            var length = ZipMember.Read(new MemoryStream(archive), content, limit);
            Promise.Holds(length == content.Length, "the number of bytes is what was written");
            return content.ToArray();
        }

        byte[]? Refused()
        {
            Promise.Holds(content.Length <= limit, "no more than the limit is written");
            return null;
        }
    }

    private static byte[] Damage(byte[] archive, Dice dice)
    {
        var damaged = archive.Take(dice.Below(8) == 0 ? dice.Below(archive.Length) : archive.Length).ToArray();
        for (var edits = 1 + dice.Below(3); edits > 0 && damaged.Length > 0; edits--)
        {
            // The records at the end steer the reading, so half of the damage is done there.
            var at = dice.Below(2) == 0 ? dice.Below(damaged.Length) : Math.Max(0, damaged.Length - 1 - dice.Below(80));
            damaged[at] ^= (byte)(1 + dice.Below(255));
        }

        return damaged;
    }
}
