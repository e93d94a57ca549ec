using System;
using System.Collections.Generic;
using System.Linq;

namespace PandoraSync.Fuzz.Targets;

/// <summary>Damages seeds: the same damage for the same number, on every runtime.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> seeds, ulong seed)
{
    private static readonly byte[] Telling = [0, 1, 0x0a, 0x0d, 0x20, 0x2f, 0x30, 0x3a, 0x3c, 0x3e, 0x5c, 0x7f, 0x80, 0xff];
    private readonly Dice _dice = new(seed);

    public byte[] Next()
    {
        var input = Pick().ToList();
        for (var edits = 1 << _dice.Below(5); edits > 0; edits--)
            Edit(input);
        return [.. input];
    }

    private byte[] Pick() => seeds[_dice.Below(seeds.Count)];

    private void Edit(List<byte> input)
    {
        var at = _dice.Below(input.Count + 1);
        var count = Math.Min(1 + _dice.Below(_dice.Below(4) == 0 ? 64 : 4), input.Count - at);
        switch (_dice.Below(7))
        {
            case 0 when count > 0:
                input[at] ^= (byte)(1 << _dice.Below(8));
                break;
            case 1 when count > 0:
                input[at] = (byte)_dice.Below(256);
                break;
            case 2 when count > 0:
                input[at] = unchecked((byte)(input[at] + _dice.Below(71) - 35));
                break;
            case 3:
                input.RemoveRange(at, count);
                break;
            case 4:
                input.InsertRange(at, input.GetRange(_dice.Below(input.Count - count + 1), count));
                break;
            case 5:
                input.Insert(at, Telling[_dice.Below(Telling.Length)]);
                break;
            default:
                var other = Pick();
                var from = _dice.Below(other.Length + 1);
                input.InsertRange(at, other.Skip(from).Take(1 + _dice.Below(40)));
                break;
        }
    }
}
