using System;
using System.Buffers.Binary;

namespace PandoraSync.TestSupport;

/// <summary>What a TLS 1.3 server says first, as everybody on the line can read it (RFC 8446, section 4.1.3).</summary>
public static class TlsFlight
{
    private const int HeadersBytes = 5 + 4;
    private const int FixedBytes = 2 + 32;
    private const byte Handshake = 22;
    private const byte ServerHello = 2;
    private const int PreSharedKey = 41;

    /// <summary>True if the server goes on with a session that it had with the client before.</summary>
    /// <param name="bytes">The first bytes from the server.</param>
    public static bool IsResumed(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeadersBytes + FixedBytes + 1 || bytes[0] != Handshake || bytes[5] != ServerHello)
            return false;
        var hello = bytes[HeadersBytes..Math.Min(bytes.Length, 5 + BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]))];

        // Behind the echo of the session's name: the cipher suite, the compression, the length of the extensions.
        for (var at = FixedBytes + 1 + hello[FixedBytes] + 2 + 1 + 2; at + 4 <= hello.Length; at += 4 + BinaryPrimitives.ReadUInt16BigEndian(hello[(at + 2)..]))
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(hello[at..]) == PreSharedKey)
                return true;
        }

        return false;
    }
}
