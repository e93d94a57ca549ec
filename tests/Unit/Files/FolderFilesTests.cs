using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using PandoraSync.Native;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.Tests.Files;

public class FolderFilesTests
{
    [Fact]
    public async Task Files_are_named_and_nothing_else_is()
    {
        using var folder = new TempFolder();
        using var outside = new TempFolder();
        folder.Write("a.1.data", "x");
        folder.Write(".hidden", string.Empty);
        folder.Write("\u00E4 \u6F22 \U0001F600", "x");
        folder.Write(new string('l', 255), "x");
        folder.Write("below/b.1.data", "x");
        File.CreateSymbolicLink(folder["link to a file"], outside.Write("c.1.data", "x"));
        Directory.CreateSymbolicLink(folder["link to a folder"], outside.Path);
        File.CreateSymbolicLink(folder["link to nothing"], outside["nothing"]);
        await new RealProgram("mkfifo", "coreutils").RunAsync([folder["pipe"]]);
        Assert.Equal([".hidden", "a.1.data", new string('l', 255), "\u00E4 \u6F22 \U0001F600"], Names(folder.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_of_many_files_is_named_once()
    {
        using var folder = new TempFolder();
        var names = Enumerable.Range(0, 5000).Select(i => $"agent-{i}.1700000000.data").ToArray();
        foreach (var name in names)
            folder.Write(name, string.Empty);
        Assert.Equal(names.Order(StringComparer.Ordinal), Names(folder.Path).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_empty_folder_and_one_that_is_not_there_have_no_files()
    {
        using var folder = new TempFolder();
        Assert.Empty(Names(folder.Path));
        Assert.Empty(Names(folder["nothing"]));
    }

    [Fact]
    public void By_their_attributes_too_files_are_named_and_folders_and_links_are_not()
    {
        using var folder = new TempFolder();
        folder.Write("below/b.1.data", "x");
        File.CreateSymbolicLink(folder["link"], folder.Write("\u00E4 \u6F22", "x"));
        Assert.Equal(["\u00E4 \u6F22"], FolderFiles.ManagedNames(folder.Path).Select(name => Encoding.UTF8.GetString(name.Array!, name.Offset, name.Count)));
        Assert.Empty(FolderFiles.ManagedNames(folder["nothing"]));
    }

    [Fact]
    public void What_is_no_folder_cannot_be_read()
    {
        using var folder = new TempFolder();
        Assert.ThrowsAny<IOException>(() => Names(folder.Write("file", "x")));
    }

    [Fact]
    public async Task Of_a_file_the_length_and_the_time_are_told_and_of_anything_else_nothing()
    {
        using var folder = new TempFolder();
        var path = folder.Write("a", "12345");
        var time = new DateTime(2001, 2, 3, 4, 5, 6, 789, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(path, time);
        Assert.Equal(new FileStatus(5, time), FileSystemCalls.StatusOf(path));
        Assert.Equal(new FileInfo(path).LastWriteTimeUtc, FileSystemCalls.StatusOf(path)!.Value.Modified);
        File.CreateSymbolicLink(folder["link"], path);
        await new RealProgram("mkfifo", "coreutils").RunAsync([folder["pipe"]]);
        Assert.All(new[] { "link", "pipe", "nothing" }, name => Assert.Null(FileSystemCalls.StatusOf(folder[name])));
        Assert.Null(FileSystemCalls.StatusOf(folder.Path));
    }

    private static string[] Names(string folder) =>
        [.. FolderFiles.Names(folder).Select(name => Encoding.UTF8.GetString(name.Array!, name.Offset, name.Count))];
}
