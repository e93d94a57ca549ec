using System;

namespace PandoraSync.Fuzz.Targets;

/// <summary>Numbers that depend on the seed alone, on every runtime, so that an input that failed once fails always.</summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed | 1;

    /// <summary>Dice whose throws depend on an input.</summary>
    public static Dice For(ReadOnlySpan<byte> input)
    {
        var hash = 14695981039346656037UL;
        foreach (var b in input)
            hash = unchecked((hash ^ b) * 1099511628211UL);
        return new Dice(hash);
    }

    /// <summary>A number from 0 to one less than the bound.</summary>
    public int Below(int bound)
    {
        _state ^= _state << 13;
        _state ^= _state >> 7;
        _state ^= _state << 17;
        return (int)((_state >> 16) % (uint)bound);
    }
}
