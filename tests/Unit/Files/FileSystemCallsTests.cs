using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.Native;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.Tests.Files;

public class FileSystemCallsTests
{
    [Fact]
    public void A_free_name_is_taken()
    {
        using var folder = new TempFolder();
        Assert.True(FileSystemCalls.TryRename(folder.Write("from ä", "new"), folder["to 漢"]));
        Assert.Equal(["to 漢"], folder.FileNames());
        Assert.Equal("new"u8.ToArray(), folder.Read("to 漢"));
    }

    [Fact]
    public void An_open_file_is_looked_at_whatever_has_its_name_by_now()
    {
        using var folder = new TempFolder();
        var path = folder.Write("a", "old content");
        var written = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, written);
        using var open = FileSystemCalls.OpenRegular(path)!;
        File.Move(folder.Write("b", "new"), path, overwrite: true);
        Assert.Equal(new FileStatus(11, written), FileSystemCalls.StatusOf(open));
        Assert.Equal(3, FileSystemCalls.StatusOf(path)!.Value.Length);
    }

    [Fact]
    public void A_taken_name_is_never_overwritten()
    {
        using var folder = new TempFolder();
        folder.Write("from", "new");
        folder.Write("to", "old");
        Assert.False(FileSystemCalls.TryRename(folder["from"], folder["to"]));
        Assert.Equal("old"u8.ToArray(), folder.Read("to"));
        Assert.Equal("new"u8.ToArray(), folder.Read("from"));
    }

    [Fact]
    public void A_folder_in_the_way_is_left_alone_too()
    {
        using var folder = new TempFolder();
        folder.Write("from", "new");
        folder.MakeFolder("to");
        Assert.False(FileSystemCalls.TryRename(folder["from"], folder["to"]));
        Assert.True(Directory.Exists(folder["to"]));
        Assert.True(folder.Has("from"));
    }

    [Fact]
    public async Task Of_many_who_want_one_name_exactly_one_gets_it()
    {
        using var folder = new TempFolder();
        for (var round = 0; round < 20; round++)
        {
            var to = folder[$"to{round}"];
            var froms = Enumerable.Range(0, 8).Select(i => folder.Write($"from{round}-{i}", $"{i}")).ToArray();
            var won = await Task.WhenAll(froms.Select(from => Task.Run(() => FileSystemCalls.TryRename(from, to), TestContext.Current.CancellationToken)));
            var winner = Array.IndexOf(won, value: true);
            Assert.Single(won, w => w);
            Assert.Equal($"{winner}", await File.ReadAllTextAsync(to, TestContext.Current.CancellationToken));
            Assert.Equal(7, froms.Count(File.Exists));
        }
    }

    [Fact]
    public void What_does_not_exist_cannot_be_renamed()
    {
        using var folder = new TempFolder();
        Assert.ThrowsAny<IOException>(() => FileSystemCalls.TryRename(folder["from"], folder["to"]));
        folder.Write("from", "new");
        Assert.ThrowsAny<IOException>(() => FileSystemCalls.TryRename(folder["from"], folder["missing/to"]));
        Assert.True(folder.Has("from"));
    }

    [Fact]
    public void Renaming_over_replaces_and_also_takes_a_free_name()
    {
        using var folder = new TempFolder();
        folder.Write("to", "old");
        FileSystemCalls.RenameOver(folder.Write("from", "new"), folder["to"]);
        FileSystemCalls.RenameOver(folder.Write("from", "other"), folder["free"]);
        Assert.Equal(["free", "to"], folder.FileNames());
        Assert.Equal("new"u8.ToArray(), folder.Read("to"));
    }

    [Fact]
    public void Renaming_over_a_folder_fails_and_changes_nothing()
    {
        using var folder = new TempFolder();
        folder.Write("from", "new");
        folder.MakeFolder("to");
        var error = Assert.ThrowsAny<Exception>(() => FileSystemCalls.RenameOver(folder["from"], folder["to"]));
        Assert.True(error is IOException or UnauthorizedAccessException, error.ToString());
        Assert.True(folder.Has("from"));
    }

    [Fact]
    public void A_folder_is_flushed_and_a_missing_one_is_an_error_that_names_it()
    {
        using var folder = new TempFolder();
        using (var open = FolderHandle.Open(folder.Path))
            open.Flush();
        if (OperatingSystem.IsWindows())
            return;
        var error = Assert.Throws<IOException>(() => FolderHandle.Open(folder["missing"]));
        Assert.Contains(folder["missing"], error.Message, StringComparison.Ordinal);
    }
}
