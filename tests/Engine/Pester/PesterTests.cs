using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using Xunit;

namespace PandoraSync.Tests.Engine.Pester;

/// <summary>The files in tests/Pester, run by the stand-in: a case for each test and one for each file as a whole.</summary>
public sealed class PesterTests
{
    private const string Whole = "(the file as a whole)";

    private static readonly ConcurrentDictionary<string, Lazy<PesterFile>> Files = new(StringComparer.Ordinal);

    public static TheoryData<string, string> Tests()
    {
        var rows = new TheoryData<string, string>();
        foreach (var name in Directory.EnumerateFiles(Repository.PesterFiles, "*.Tests.ps1").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal))
        {
            rows.Add(name, Whole);
            foreach (var test in Run(name).Tests)
                rows.Add(name, test.Path);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Tests))]
    public void The_file_for_Pester_passes(string file, string test)
    {
        var run = Run(file);
        var failure = string.Equals(test, Whole, StringComparison.Ordinal)
            ? string.Join('\n', run.Errors)
            : run.Tests.Single(candidate => string.Equals(candidate.Path, test, StringComparison.Ordinal)).Failure;
        Assert.True(string.IsNullOrEmpty(failure), failure);
    }

    private static PesterFile Run(string name) =>
        Files.GetOrAdd(name, key => new Lazy<PesterFile>(() => PesterFile.Run(Path.Combine(Repository.PesterFiles, key)))).Value;
}
