using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using PandoraSync.Files;
using PandoraSync.Protocol;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.Tests.Files;

public class ZipMemberTests
{
    private static readonly byte[] Content = AgentData.Make(1, 20_000).Content;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(1_000_000)]
    public void What_is_packed_is_unpacked(int bytes)
    {
        var content = AgentData.Noise(7, bytes);
        using var archive = new MemoryStream();
        ZipMember.Write(new MemoryStream(content), archive, "a.data");
        Assert.Equal(content, Read(archive.ToArray(), bytes));
    }

    [Fact]
    public void A_streamed_archive_as_stock_programs_write_it_is_read() =>
        Assert.Equal(Content, Read(StockZip.Pack(Content, "/var/spool/pandora/data_out/a.data"), Content.Length));

    [Fact]
    public void A_stock_program_can_read_what_is_packed()
    {
        using var archive = new MemoryStream();
        ZipMember.Write(new MemoryStream(Content), archive, "a.data");
        Assert.Equal(Content, StockZip.Unpack(archive.ToArray()));
    }

    [Fact]
    public void A_stored_member_is_read() => Assert.Equal(Content, Read(Zip(Content, CompressionLevel.NoCompression), Content.Length));

    [Fact]
    public void An_archive_of_very_many_members_is_refused_before_they_are_looked_at()
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var i = 0; i < 20_000; i++)
                zip.CreateEntry($"member {i}");
        }

        var error = Assert.Throws<TentacleException>(() => Read(memory.ToArray(), 100));
        Assert.Equal("The archive is damaged: it has far more members than the one that is wanted.", error.Message);
    }

    [Fact]
    public void A_second_record_of_very_many_members_behind_a_small_first_one_is_refused_too()
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var i = 0; i < 20_000; i++)
                zip.CreateEntry($"member {i}");
        }

        var archive = memory.ToArray();
        var end = archive.AsSpan(archive.Length - 22).ToArray();
        var (entries, size, directory) = (BitConverter.ToUInt16(end, 10), BitConverter.ToUInt32(end, 12), BitConverter.ToUInt32(end, 16));
        var large = new byte[56];
        BitConverter.TryWriteBytes(large, 0x06064b50);
        BitConverter.TryWriteBytes(large.AsSpan(4), 44L);
        BitConverter.TryWriteBytes(large.AsSpan(24), (long)entries);
        BitConverter.TryWriteBytes(large.AsSpan(32), (long)entries);
        BitConverter.TryWriteBytes(large.AsSpan(40), (long)size);
        BitConverter.TryWriteBytes(large.AsSpan(48), (long)directory);
        var locator = new byte[20];
        BitConverter.TryWriteBytes(locator, 0x07064b50);
        BitConverter.TryWriteBytes(locator.AsSpan(8), archive.Length - 22L);
        BitConverter.TryWriteBytes(locator.AsSpan(16), 1);
        BitConverter.TryWriteBytes(end.AsSpan(10), ushort.MaxValue);
        BitConverter.TryWriteBytes(end.AsSpan(16), archive.Length - 22 - 57);
        var error = Assert.Throws<TentacleException>(() => Read([.. archive.AsSpan(0, archive.Length - 22), .. large, .. locator, .. end], 100));
        Assert.Equal("The archive is damaged: it has far more members than the one that is wanted.", error.Message);
    }

    [Fact]
    public void Only_the_first_member_counts()
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var text in new[] { "first", "second" })
            {
                using var member = zip.CreateEntry(text).Open();
                member.Write(Encoding.ASCII.GetBytes(text));
            }
        }

        Assert.Equal("first", Encoding.ASCII.GetString(Read(memory.ToArray(), 100)));
    }

    [Fact]
    public void A_member_in_the_zip64_form_is_read() => Assert.Equal(Content, Read(Zip64(Content), Content.Length));

    [Fact]
    public void A_comment_behind_the_archive_does_no_harm()
    {
        var archive = Zip(Content, CompressionLevel.Fastest).ToList();
        archive[^2] = 0x05;
        archive[^1] = 0x00;
        Assert.Equal(Content, Read([.. archive, .. "hello"u8.ToArray()], Content.Length));
    }

    [Fact]
    public void A_wrong_check_sum_is_found()
    {
        var archive = Zip(Content, CompressionLevel.NoCompression);
        var at = archive.AsSpan().IndexOf("agent_data"u8);
        archive[at] ^= 0x20;
        Assert.Contains("check sum", Refused(archive, TentacleErrorKind.Protocol), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PK")]
    [InlineData("<?xml version='1.0' encoding='UTF-8'?><agent_data></agent_data>")]
    public void What_is_no_archive_is_refused(string text) => Refused(Encoding.ASCII.GetBytes(text), TentacleErrorKind.Protocol);

    [Fact]
    public void An_archive_without_a_member_is_refused()
    {
        using var memory = new MemoryStream();
        using (new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            // None.
        }

        Refused(memory.ToArray(), TentacleErrorKind.Protocol);
    }

    [Fact]
    public void What_comes_out_is_bounded_to_the_byte()
    {
        var archive = Zip(new byte[10_000_000], CompressionLevel.Optimal);
        using var destination = new MemoryStream();
        var error = Assert.Throws<TentacleException>(() => ZipMember.Read(new MemoryStream(archive), destination, 100_000));
        Assert.Equal(TentacleErrorKind.TooLarge, error.Kind);
        Assert.True(destination.Length <= 100_000);

        Refused(Zip(Content, CompressionLevel.Optimal), TentacleErrorKind.TooLarge, Content.Length - 1);
        Assert.Equal(Content, Read(Zip(Content, CompressionLevel.Optimal), Content.Length));
    }

    [Fact]
    public void A_cut_archive_is_refused_wherever_the_cut_is()
    {
        var archive = Zip(AgentData.Make(2, 1024).Content, CompressionLevel.Optimal);
        for (var length = 0; length < archive.Length; length++)
            Refused(archive[..length], TentacleErrorKind.Protocol);
    }

    [Fact]
    public void No_damage_brings_anything_but_a_refusal_or_the_true_content()
    {
        var content = AgentData.Make(3, 1024).Content;
        foreach (var archive in new[] { Zip(content, CompressionLevel.Optimal), Zip(content, CompressionLevel.NoCompression), StockZip.Pack(content, "/x/a.data"), Zip64(content) })
        {
            for (var at = 0; at < archive.Length; at++)
            {
                foreach (var change in new byte[] { 0xFF, 0x01, 0x80 })
                {
                    var damaged = (byte[])archive.Clone();
                    damaged[at] ^= change;
                    AssertRefusedOrTrue(damaged, content);
                }
            }
        }
    }

    [Fact]
    public void An_error_of_the_destination_stays_what_it_is()
    {
        using var readOnly = new MemoryStream(new byte[1], writable: false);
        Assert.Throws<NotSupportedException>(() => ZipMember.Read(new MemoryStream(Zip(Content, CompressionLevel.Fastest)), readOnly, 1_000_000));
    }

    private static void AssertRefusedOrTrue(byte[] archive, byte[] content)
    {
        using var destination = new MemoryStream();
        try
        {
            ZipMember.Read(new MemoryStream(archive), destination, 1_000_000);
        }
        catch (TentacleException)
        {
            return;
        }

        Assert.Equal(content, destination.ToArray());
    }

    private static byte[] Read(byte[] archive, long maxBytes)
    {
        using var destination = new MemoryStream();
        var length = ZipMember.Read(new MemoryStream(archive), destination, maxBytes);
        Assert.Equal(destination.Length, length);
        return destination.ToArray();
    }

    private static string Refused(byte[] archive, TentacleErrorKind kind, long maxBytes = 1_000_000)
    {
        var error = Assert.Throws<TentacleException>(() => ZipMember.Read(new MemoryStream(archive), Stream.Null, maxBytes));
        Assert.Equal(kind, error.Kind);
        return error.Message;
    }

    private static byte[] Zip(byte[] content, CompressionLevel level)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        using (var member = zip.CreateEntry("a.data", level).Open())
            member.Write(content);
        return memory.ToArray();
    }

    /// <summary>A small archive whose sizes and offsets stand in the large form's fields.</summary>
    private static byte[] Zip64(byte[] content)
    {
        var crc = new Crc32();
        crc.Add(content, 0, content.Length);
        var bytes = new List<byte>();
        var sizes = Bytes(0x0001, 2, 16, 2, content.Length, 8, content.Length, 8);
        bytes.AddRange(Bytes(0x04034b50, 4, 45, 2, 0, 2, 0, 2, 0x21 << 16, 4, crc.Value, 4, uint.MaxValue, 4, uint.MaxValue, 4, 1, 2, sizes.Length, 2));
        bytes.AddRange([(byte)'a', .. sizes, .. content]);
        var directory = bytes.Count;
        var extra = Bytes(0x0001, 2, 24, 2, content.Length, 8, content.Length, 8, 0, 8);
        bytes.AddRange(Bytes(0x02014b50, 4, 45, 2, 45, 2, 0, 2, 0, 2, 0x21 << 16, 4, crc.Value, 4, uint.MaxValue, 4, uint.MaxValue, 4));
        bytes.AddRange(Bytes(1, 2, extra.Length, 2, 0, 2, 0, 2, 0, 2, 0, 4, uint.MaxValue, 4));
        bytes.AddRange([(byte)'a', .. extra]);
        var end = bytes.Count;
        bytes.AddRange(Bytes(0x06064b50, 4, 44, 8, 45, 2, 45, 2, 0, 4, 0, 4, 1, 8, 1, 8, end - directory, 8, directory, 8));
        bytes.AddRange(Bytes(0x07064b50, 4, 0, 4, end, 8, 1, 4));
        bytes.AddRange(Bytes(0x06054b50, 4, 0, 2, 0, 2, ushort.MaxValue, 2, ushort.MaxValue, 2, uint.MaxValue, 4, uint.MaxValue, 4, 0, 2));
        return [.. bytes];
    }

    /// <summary>Pairs of a value and its length in bytes, written one after the other, lowest byte first.</summary>
    private static byte[] Bytes(params long[] pairs)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < pairs.Length; i += 2)
            bytes.AddRange(BitConverter.GetBytes(pairs[i]).Take((int)pairs[i + 1]));
        return [.. bytes];
    }
}
