using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PandoraSync.Files;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.Tests.Files;

public sealed class ScatteredFolderTests
{
    [Fact]
    public void No_path_is_given_twice_and_no_subfolder_has_many_files()
    {
        using var folder = new TempFolder();
        var scattered = new ScatteredFolder(folder["part"]);
        var paths = Enumerable.Range(0, 3000).Select(_ => scattered.NewPath()).ToArray();
        Assert.Equal(3000, paths.Distinct(StringComparer.Ordinal).Count());
        Assert.All(paths.GroupBy(Path.GetDirectoryName, StringComparer.Ordinal), g => Assert.InRange(g.Count(), 1, 512));
    }

    [Fact]
    public void Another_run_uses_other_subfolders()
    {
        using var folder = new TempFolder();
        var first = Path.GetDirectoryName(new ScatteredFolder(folder["part"]).NewPath());
        Assert.NotEqual(first, Path.GetDirectoryName(new ScatteredFolder(folder["part"]).NewPath()));
    }

    [Fact]
    public void Subfolders_that_files_have_left_do_not_pile_up()
    {
        using var folder = new TempFolder();
        var scattered = new ScatteredFolder(folder["part"]);
        foreach (var _ in Enumerable.Range(0, 10_000))
        {
            var path = scattered.NewPath();
            File.WriteAllBytes(path, []);
            File.Delete(path);
        }

        Assert.InRange(Directory.GetDirectories(folder["part"]).Length, 1, 2);
    }

    [Fact]
    public void Subfolders_that_still_have_files_stay_until_all_is_cleared()
    {
        using var folder = new TempFolder();
        var scattered = new ScatteredFolder(folder["part"]);
        var kept = new List<string>();
        foreach (var n in Enumerable.Range(0, 3000))
        {
            var path = scattered.NewPath();
            if (n % 600 != 0)
                continue;
            File.WriteAllBytes(path, [1]);
            kept.Add(path);
        }

        Assert.All(kept, path => Assert.True(File.Exists(path)));
        folder.Write(Path.Combine("part", "left by an older version"), "x");
        new ScatteredFolder(folder["part"]).Clear();
        Assert.Empty(Directory.GetFileSystemEntries(folder["part"]));
    }
}
