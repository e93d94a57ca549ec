using System;
using System.Collections.Generic;

namespace PandoraSync.Fuzz.Targets;

/// <summary>The ways in which a network may cut an input: whole, byte by byte, and by chance.</summary>
internal static class Pieces
{
    public static IEnumerable<IEnumerable<ArraySegment<byte>>> WaysOf(byte[] input)
    {
        yield return Cut(input, () => Math.Max(input.Length, 1));
        yield return Cut(input, () => 1);
        var dice = Dice.For(input);
        yield return Cut(input, () => dice.Below(4) == 0 ? 1 + dice.Below(1500) : 1 + dice.Below(40));
    }

    private static IEnumerable<ArraySegment<byte>> Cut(byte[] input, Func<int> next)
    {
        for (var at = 0; at < input.Length;)
        {
            var count = Math.Min(next(), input.Length - at);
            yield return new ArraySegment<byte>(input, at, count);
            at += count;
        }
    }
}
