using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;

namespace PandoraSync.TestSupport;

/// <summary>Archives as stock programs write and read them (protocol.md, section 2).</summary>
public static class StockZip
{
    private const uint LocalHeader = 0x04034b50;

    /// <summary>One member, deflate, lengths and check sum in a data descriptor behind the content.</summary>
    public static byte[] Pack(byte[] content, string memberName)
    {
        using var memory = new MemoryStream();

        // A stream that cannot seek back makes the writer use data descriptors.
        using (var forward = new ForwardStream(memory))
        using (var zip = new ZipArchive(forward, ZipArchiveMode.Create, leaveOpen: true))
        using (var member = zip.CreateEntry(memberName).Open())
            member.Write(content);
        return memory.ToArray();
    }

    /// <summary>The first member without any check; bytes that are no archive come back as they are; null if it cannot be unpacked.</summary>
    public static byte[]? Unpack(byte[] archive)
    {
        if (archive.Length < 30 || BinaryPrimitives.ReadUInt32LittleEndian(archive) != LocalHeader)
            return archive;
        try
        {
            var method = BinaryPrimitives.ReadUInt16LittleEndian(archive.AsSpan(8));
            var start = 30 + BinaryPrimitives.ReadUInt16LittleEndian(archive.AsSpan(26)) + BinaryPrimitives.ReadUInt16LittleEndian(archive.AsSpan(28));
            if (method == 0)
                return archive.AsSpan(start, (int)BinaryPrimitives.ReadUInt32LittleEndian(archive.AsSpan(18))).ToArray();
            using var deflate = new DeflateStream(new MemoryStream(archive, start, archive.Length - start), CompressionMode.Decompress);
            using var content = new MemoryStream();
            deflate.CopyTo(content);
            return content.ToArray();
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            return null;
        }
    }

    private sealed class ForwardStream(Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    }
}
