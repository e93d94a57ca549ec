using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using PandoraSync.Protocol;

namespace PandoraSync.Files;

/// <summary>Archives of one member, as ZSEND and ZRECV carry them (protocol.md, section 2). What comes out is bounded and its check sum is checked.</summary>
internal static class ZipMember
{
    private const int EndRecordBytes = 22;
    private const int LongestComment = 65535;

    // The runtime's reader makes an object of each member, and only the first is wanted.
    private const int MostDirectoryBytes = 1024 * 1024;

    /// <summary>Packs a stream.</summary>
    public static void Write(Stream source, Stream archive, string memberName)
    {
        using var zip = new ZipArchive(archive, ZipArchiveMode.Create, leaveOpen: true);
        using var member = zip.CreateEntry(memberName, CompressionLevel.Fastest).Open();
        source.CopyTo(member, BufferPool.BufferBytes);
    }

    /// <summary>Unpacks the first member; its name is never used.</summary>
    /// <param name="archive">The whole archive; it must be able to seek.</param>
    /// <param name="destination">Where the content goes.</param>
    /// <param name="maxBytes">Most bytes to unpack.</param>
    /// <returns>Bytes unpacked.</returns>
    /// <exception cref="TentacleException">Not an archive, damaged, or over the limit.</exception>
    public static long Read(Stream archive, Stream destination, long maxBytes)
    {
        var expectedCrc = WrapCorruption(() => ReadFirstCrc(archive));
        archive.Position = 0;
        using var zip = WrapCorruption(() => new ZipArchive(archive, ZipArchiveMode.Read, leaveOpen: true));
        using var member = WrapCorruption(() => zip.Entries[0].Open());
        var (length, crc) = Copy(member, destination, maxBytes);
        return crc == expectedCrc ? length : throw Damaged("its check sum does not fit its content");
    }

    private static (long Length, uint Crc) Copy(Stream member, Stream destination, long maxBytes)
    {
        var crc = new Crc32();
        var buffer = BufferPool.Rent();
        try
        {
            long length = 0;
            for (int count; (count = WrapCorruption(() => member.Read(buffer, 0, buffer.Length))) > 0; length += count)
            {
                if (length + count > maxBytes)
                    throw new TentacleException(TentacleErrorKind.TooLarge, $"The archive unpacks to more than {maxBytes} bytes.");
                crc.Add(buffer, 0, count);
                destination.Write(buffer, 0, count);
            }

            return (length, crc.Value);
        }
        finally
        {
            BufferPool.Return(buffer);
        }
    }

    // Offsets that lie show as whatever the runtime's archive reader stumbles over. Errors of the destination are not among these: they stay what they are.
    private static T WrapCorruption<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw Damaged(e.Message.TrimEnd('.'));
        }
    }

    private static uint ReadFirstCrc(Stream archive)
    {
        var tail = ReadAt(archive, Math.Max(0, archive.Length - EndRecordBytes - LongestComment), EndRecordBytes + LongestComment);
        for (var at = tail.Length - EndRecordBytes; at >= 0; at--)
        {
            if (BitConverter.ToUInt32(tail, at) != 0x06054b50)
                continue;
            long directory = BitConverter.ToUInt32(tail, at + 16);

            // A field that is full sends the runtime's reader to the second record, whatever the others say.
            var isLarge = directory == uint.MaxValue || BitConverter.ToUInt32(tail, at + 12) == uint.MaxValue
                || new[] { 4, 6, 8, 10 }.Any(field => BitConverter.ToUInt16(tail, at + field) == ushort.MaxValue);
            if (isLarge)
                directory = ReadLargeDirectoryOffset(archive, tail, at);
            if (archive.Length - directory > MostDirectoryBytes)
                throw Damaged("it has far more members than the one that is wanted");
            var header = ReadAt(archive, directory, 46);
            return header.Length == 46 && BitConverter.ToUInt32(header, 0) == 0x02014b50
                ? BitConverter.ToUInt32(header, 16)
                : throw Damaged("it has no member");
        }

        throw Damaged("it is no PKZIP archive");
    }

    /// <summary>Archives over 4 GB keep the offset in a second record, which a locator before the end record points to.</summary>
    private static long ReadLargeDirectoryOffset(Stream archive, byte[] tail, int endRecordAt)
    {
        var locatorAt = endRecordAt - 20;
        if (locatorAt < 0 || BitConverter.ToUInt32(tail, locatorAt) != 0x07064b50)
            throw Damaged("its directory cannot be found");
        var record = ReadAt(archive, BitConverter.ToInt64(tail, locatorAt + 8), 56);
        return record.Length == 56 ? BitConverter.ToInt64(record, 48) : throw Damaged("its directory cannot be found");
    }

    private static byte[] ReadAt(Stream archive, long offset, int mostBytes)
    {
        if (offset < 0 || offset > archive.Length)
            throw Damaged("it points outside itself");
        archive.Position = offset;
        var bytes = new byte[Math.Min(mostBytes, archive.Length - offset)];
        for (int at = 0, count; at < bytes.Length; at += count)
        {
            if ((count = archive.Read(bytes, at, bytes.Length - at)) == 0)
                throw Damaged("it ends early");
        }

        return bytes;
    }

    private static TentacleException Damaged(string why) => new(TentacleErrorKind.Protocol, $"The archive is damaged: {why}.");
}
