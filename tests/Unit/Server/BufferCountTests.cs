using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Server.Storage;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Server;

/// <summary>A buffer with very many files is counted, and makes room, without being held in memory.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class BufferCountTests
{
    private static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void The_sums_and_the_oldest_that_may_be_dropped_are_those_of_all_folders()
    {
        using var folder = new TempFolder();
        var files = Fill(folder, 500, i => i % 2 == 0 ? $"a{i}" : $"conf/b{i}");
        var count = BufferCount.Of([folder.Path, folder["conf"], folder["not there"]], name => !name.EndsWith('7'), most: 40);
        Assert.Equal((500L, files.Sum(f => f.Bytes), files.Min(f => f.Modified)), (count.Files, count.Bytes, count.Oldest));
        var free = files.Where(f => !f.Path.EndsWith('7')).OrderBy(f => f.Modified).ThenBy(f => f.Path, StringComparer.Ordinal).ToArray();
        Assert.Equal((450L, free.Sum(f => f.Bytes)), (count.FreeFiles, count.FreeBytes));
        Assert.Equal(free.Take(40), count.EvictionCandidates);
    }

    [Fact]
    public void Nothing_comes_to_nothing()
    {
        using var folder = new TempFolder();
        var count = BufferCount.Of([folder.Path], _ => true, most: 10);
        Assert.Equal((0L, 0L, DateTime.MaxValue, 0L), (count.Files, count.Bytes, count.Oldest, count.FreeFiles));
        Assert.Empty(count.EvictionCandidates);
    }

    [Fact]
    public void Counting_a_big_folder_holds_only_as_many_files_as_were_asked_for()
    {
        const int files = 20_000;
        using var folder = new TempFolder();
        for (var i = 0; i < files; i++)
            File.WriteAllBytes(folder[$"0123456789abcdef0123456789abcdef.{i}.data"], []);
        var (seen, last) = (0, 0L);
        var first = MeasuredAlone.HeapBytes();
        var count = BufferCount.Of([folder.Path], _ => Look(), most: 100);
        Assert.Equal(files, count.Files);

        // Held as objects they come to 5 MB.
        Assert.InRange(last - first, -10_000_000, 1_000_000);

        bool Look()
        {
            if (++seen == files)
                last = MeasuredAlone.HeapBytes();
            return true;
        }
    }

    [Fact]
    public void More_files_than_are_looked_at_in_one_go_make_room()
    {
        using var folder = new TempFolder();
        var files = Fill(folder, 300, i => $"a{i}");
        var log = new List<string>();
        var quota = new BufferQuota(new BufferLimits { MaxFiles = 100, MinFreeBytes = 0, DropOldest = true }, folder.Path, [folder.Path], name => !name.EndsWith('3'), (_, text) => log.Add(text), () => DateTime.UtcNow) { MostDroppedAtOnce = 7 };
        Assert.True(quota.MakeRoom(1, files: 1));

        // One place for the file and one more, a hundredth of the limit.
        var dropped = files.Where(f => !f.Path.EndsWith('3')).OrderBy(f => f.Modified).ThenBy(f => f.Path, StringComparer.Ordinal).Take(202).ToArray();
        Assert.Equal(files.Select(f => Path.GetFileName(f.Path)).Except(dropped.Select(f => Path.GetFileName(f.Path))).Order(StringComparer.Ordinal), folder.FileNames());
        Assert.Equal($"the buffer is full: the 202 oldest files ({dropped.Sum(f => f.Bytes)} bytes) were deleted to make room", Assert.Single(log));
    }

    [Fact]
    public void All_that_are_too_old_go_however_many()
    {
        using var folder = new TempFolder();
        Fill(folder, 50, i => $"old{i}");
        folder.Write("new", "x");
        var quota = new BufferQuota(new BufferLimits { MaxAge = TimeSpan.FromDays(1), MinFreeBytes = 0, DropOldest = true }, folder.Path, [folder.Path], _ => true, (_, _) => { }, () => DateTime.UtcNow) { MostDroppedAtOnce = 7 };
        Assert.True(quota.MakeRoom(1, files: 1));
        Assert.Equal(["new"], folder.FileNames());
    }

    [Fact]
    public void What_may_not_be_dropped_is_not_looked_for_without_end()
    {
        using var folder = new TempFolder();
        Fill(folder, 50, i => $"old{i}");
        var quota = new BufferQuota(new BufferLimits { MaxFiles = 10, MinFreeBytes = 0, DropOldest = true }, folder.Path, [folder.Path], name => name.EndsWith('1'), (_, _) => { }, () => DateTime.UtcNow) { MostDroppedAtOnce = 2 };
        Assert.False(quota.MakeRoom(1, files: 1));
        Assert.Equal(50, folder.FileNames().Length);
    }

    [Fact]
    public async Task What_cannot_be_deleted_is_not_tried_without_end()
    {
        using var disk = new SmallDisk(8);
        Fill(disk.Folder, 50, i => $"old{i}");
        var log = new List<string>();
        var quota = new BufferQuota(new BufferLimits { MaxFiles = 10, MinFreeBytes = 0, DropOldest = true }, disk.Path, [disk.Path], _ => true, (_, text) => log.Add(text), () => DateTime.UtcNow) { MostDroppedAtOnce = 2 };
        disk.MakeReadOnly();
        Assert.False(await Eventually.Ends(Task.Run(() => quota.MakeRoom(1, files: 1)), "the refusal"));
        Assert.Equal($"the buffer '{disk.Path}' is at its limit: files are refused until somebody fetches some", Assert.Single(log));
    }

    [Fact]
    public void Of_a_large_buffer_what_has_just_grown_too_old_goes_a_little_later_and_keeps_no_new_file_out()
    {
        using var folder = new TempFolder();
        var age = TimeSpan.FromDays(1);
        var start = DateTime.UtcNow;
        var elapsed = TimeSpan.Zero;
        File.SetLastWriteTimeUtc(folder.Write("old", "x"), start - age - age);
        File.SetLastWriteTimeUtc(folder.Write("soon", "x"), start.AddSeconds(4) - age);

        // A look through the buffer takes 0.3 s a file, and is followed by twenty times as long a rest.
        var quota = new BufferQuota(new BufferLimits { MaxAge = age, MinFreeBytes = 0, DropOldest = true }, folder.Path, [folder.Path], _ => Look(), (_, _) => { }, () => start + elapsed) { ManyFiles = 1, Elapsed = () => elapsed };
        Assert.True(quota.MakeRoom(1, files: 1));
        Assert.Equal(["soon"], folder.FileNames());
        foreach (var stillResting in new[] { 4.1, 12.5 })
        {
            elapsed = TimeSpan.FromSeconds(stillResting);
            Assert.True(quota.MakeRoom(1, files: 1));
            Assert.Equal(["soon"], folder.FileNames());
        }

        elapsed = TimeSpan.FromSeconds(12.7);
        Assert.True(quota.MakeRoom(1, files: 1));
        Assert.Empty(folder.FileNames());

        bool Look()
        {
            elapsed += TimeSpan.FromSeconds(0.3);
            return true;
        }
    }

    /// <summary>Files of several lengths and times, some of one time.</summary>
    private static List<BufferFile> Fill(TempFolder folder, int count, Func<int, string> name)
    {
        var files = new List<BufferFile>();
        for (var i = 0; i < count; i++)
        {
            var modified = Start.AddSeconds(i * 7919 % 97);
            var path = folder.Write(name(i), new byte[i % 11]);
            File.SetLastWriteTimeUtc(path, modified);
            files.Add(new BufferFile(path, i % 11, modified));
        }

        return files;
    }
}
