
namespace PandoraSync.Files;

/// <summary>The check sum of PKZIP archives; .NET Framework has none, and its archive reader does not check it.</summary>
internal sealed class Crc32
{
    private static readonly uint[] Table = MakeTable();
    private uint _state = uint.MaxValue;

    public uint Value => ~_state;

    public void Add(byte[] bytes, int offset, int count)
    {
        for (var i = offset; i < offset + count; i++)
            _state = Table[(_state ^ bytes[i]) & 0xFF] ^ (_state >> 8);
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint n = 0; n < table.Length; n++)
        {
            var c = n;
            for (var bit = 0; bit < 8; bit++)
                c = (c & 1) != 0 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
            table[n] = c;
        }

        return table;
    }
}
