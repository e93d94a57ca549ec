using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using PandoraSync.Protocol;

namespace PandoraSync.Sync.Drain;

/// <summary>
/// Names by the million: kept as the bytes that they came as and 16 bytes each, and made into text one at a time. First names are added,
/// then sorted once, then read, which several threads may do.
/// </summary>
internal sealed class NameTable
{
    // Below what the runtime calls large, so that a small listing costs little and a freed chunk is soon given back.
    private const int ChunkBits = 16;
    private const int ChunkBytes = 1 << ChunkBits;

    // Before each name its length; 0 ends a chunk.
    private const int PrefixBytes = 2;

    private readonly List<byte[]> _chunks = [];
    private int _used = ChunkBytes;
    private int _added;
    private Entry[] _entries = [];

    /// <summary>True if no name was added.</summary>
    public bool IsEmpty => _added == 0;

    /// <summary>Names that were found wanted; 0 until they are sorted.</summary>
    public int Count { get; private set; }

    /// <summary>The earliest time in a name, UTC; null if none of them has one. Once they are sorted.</summary>
    public DateTime? Oldest => Count > 0 && _entries[0].Epoch != long.MaxValue ? DateTimeOffset.FromUnixTimeSeconds(_entries[0].Epoch).UtcDateTime : null;

    /// <summary>The name at a place in the order, from 0.</summary>
    public string this[int index]
    {
        get
        {
            var name = At(_entries[index].Position);
            return Encoding.UTF8.GetString(name.Array!, name.Offset, name.Count);
        }
    }

    /// <summary>Adds a name.</summary>
    /// <param name="name">At least one byte, at most <see cref="TentacleLimits.MaxLineBytes"/>; it is copied.</param>
    public void Add(ArraySegment<byte> name)
    {
        if (_used + PrefixBytes + name.Count > ChunkBytes)
        {
            _chunks.Add(new byte[ChunkBytes]);
            _used = 0;
        }

        var chunk = _chunks[_chunks.Count - 1];
        chunk[_used] = (byte)(name.Count >> 8);
        chunk[_used + 1] = (byte)name.Count;
        Buffer.BlockCopy(name.Array!, name.Offset, chunk, _used + PrefixBytes, name.Count);
        _used += PrefixBytes + name.Count;
        _added++;
    }

    /// <summary>Sorts the wanted names, oldest first by the time in them, then by their characters, each once; names without a time come last.</summary>
    /// <param name="isWanted">Asked once for each, in the order in which they were added.</param>
    public void Sort(Func<ListedName, bool> isWanted)
    {
        _entries = new Entry[_added];
        Count = 0;
        for (var chunk = 0; chunk < _chunks.Count; chunk++)
        {
            for (var at = 0; at + PrefixBytes < ChunkBytes; at += PrefixBytes + LengthAt(_chunks[chunk], at))
            {
                if (LengthAt(_chunks[chunk], at) == 0)
                    break;
                var position = (chunk << ChunkBits) + at;
                var listed = ListedName.Read(At(position));
                if (isWanted(listed))
                    _entries[Count++] = new Entry(AgentDataName.TryGetEpoch(listed.Name, out var epoch) ? epoch : long.MaxValue, position);
            }
        }

        Array.Sort(_entries, 0, Count, Comparer<Entry>.Create(Compare));
        RemoveDuplicates();
    }

    /// <summary>A name that a server lists twice is one file.</summary>
    private void RemoveDuplicates()
    {
        var kept = Math.Min(Count, 1);
        for (var i = 1; i < Count; i++)
        {
            if (Compare(_entries[i], _entries[kept - 1]) != 0)
                _entries[kept++] = _entries[i];
        }

        Count = kept;
    }

    private ArraySegment<byte> At(int position)
    {
        var (chunk, at) = (_chunks[position >> ChunkBits], position & (ChunkBytes - 1));
        return new ArraySegment<byte>(chunk, at + PrefixBytes, LengthAt(chunk, at));
    }

    private int Compare(Entry one, Entry other) =>
        one.Epoch != other.Epoch ? one.Epoch.CompareTo(other.Epoch) : CompareNames(At(one.Position), At(other.Position));

    /// <summary>Compares UTF-8 as <see cref="string.CompareOrdinal(string, string)"/> compares the text.</summary>
    private static int CompareNames(ArraySegment<byte> one, ArraySegment<byte> other)
    {
        var shorter = Math.Min(one.Count, other.Count);
        for (var i = 0; i < shorter; i++)
        {
            var (a, b) = (one.Array![one.Offset + i], other.Array![other.Offset + i]);
            if (a != b)
                return Weight(a) - Weight(b);
        }

        return one.Count - other.Count;
    }

    /// <summary>In UTF-16 the characters from U+E000 come after those from U+10000, whose surrogates begin with U+D800.</summary>
    private static int Weight(byte b) => b is 0xEE or 0xEF ? b + 0x10 : b;

    private static int LengthAt(byte[] chunk, int at) => (chunk[at] << 8) | chunk[at + 1];

    [StructLayout(LayoutKind.Auto)]
    private readonly struct Entry(long epoch, int position)
    {
        public long Epoch { get; } = epoch;

        public int Position { get; } = position;
    }
}
