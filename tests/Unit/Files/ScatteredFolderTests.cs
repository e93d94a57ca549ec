using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PandoraSync.Files;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.Tests.Files;

public sealed class ScatteredFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void No_name_is_given_twice_and_no_subfolder_has_many_files()
    {
        var scattered = Open();
        var paths = Enumerable.Range(0, 3000).Select(_ => Make(scattered)).ToArray();
        Assert.Equal(3000, paths.Distinct(StringComparer.Ordinal).Count());
        Assert.All(paths.GroupBy(Path.GetDirectoryName, StringComparer.Ordinal), g => Assert.InRange(g.Count(), 1, 512));
    }

    [Fact]
    public void Another_run_uses_other_subfolders() =>
        Assert.NotEqual(Path.GetDirectoryName(Make(Open())), Path.GetDirectoryName(Make(Open())));

    [Fact]
    public void Subfolders_that_files_have_left_do_not_pile_up_although_one_file_in_each_is_slow()
    {
        var scattered = Open();
        var slow = new Queue<string>();
        foreach (var n in Enumerable.Range(0, 20_000))
        {
            var path = Make(scattered);
            if (n % 512 == 0)
                slow.Enqueue(path);
            else
                File.Delete(path);
            if (slow.Count > 4)
                File.Delete(slow.Dequeue());
        }

        Assert.InRange(Subfolders().Length, 1, 8);
    }

    [Fact]
    public void A_subfolder_that_somebody_has_removed_is_replaced()
    {
        var scattered = Open();
        var first = Make(scattered);
        Directory.Delete(Path.GetDirectoryName(first)!, recursive: true);
        Assert.True(File.Exists(Make(scattered)));
    }

    [Fact]
    public void After_a_moment_in_which_nothing_can_be_made_all_is_as_before()
    {
        var scattered = Open();
        foreach (var _ in Enumerable.Range(0, 512))
            Make(scattered);
        var aside = _folder["aside"];
        Directory.Move(_folder["part"], aside);
        File.WriteAllText(_folder["part"], "in the way");
        Assert.ThrowsAny<IOException>(() => Make(scattered));
        File.Delete(_folder["part"]);
        Directory.Move(aside, _folder["part"]);
        Assert.True(File.Exists(Make(scattered)));
        Assert.Equal(2, Subfolders().Length);
    }

    [Fact]
    public void Tidied_up_only_subfolders_with_files_are_left()
    {
        var scattered = Open();
        var paths = Enumerable.Range(0, 1500).Select(_ => Make(scattered)).ToArray();
        foreach (var path in paths.Skip(1))
            File.Delete(path);
        scattered.Tidy();
        Assert.Equal([Path.GetDirectoryName(paths[0])!], Subfolders());
        Assert.True(File.Exists(Make(scattered)));
    }

    [Fact]
    public void Cleared_it_is_empty_whatever_an_older_version_left()
    {
        Make(Open());
        _folder.Write(Path.Combine("part", "0000000000000001"), "x");
        Open().Clear();
        Assert.Empty(Directory.GetFileSystemEntries(_folder["part"]));
    }

    public void Dispose() => _folder.Dispose();

    private ScatteredFolder Open() => new(_folder["part"]);

    private string[] Subfolders() => Directory.GetDirectories(_folder["part"]);

    private static string Make(ScatteredFolder scattered)
    {
        using var file = scattered.Create(FileAccess.Write);
        return file.Name;
    }
}
