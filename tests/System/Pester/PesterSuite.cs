using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace PandoraSync.SystemTests.Pester;

/// <summary>
/// The files for Pester in a folder, under one version of it: a row for each test, and one for each file as a whole. Each file runs once, with
/// its neighbours in one shell, when the first of their rows is asked for; alone only if one of them ends that shell.
/// </summary>
internal sealed class PesterSuite(string version, string folder)
{
    // To start a shell, and Pester in it, costs more than to run most of the files.
    private const int FilesPerShell = 8;

    private readonly ConcurrentDictionary<string, Lazy<Task<PesterReport>>> _runs = new(StringComparer.Ordinal);

    /// <summary>File, and name of the test; an empty name means the file as a whole.</summary>
    public async Task<IReadOnlyList<TheoryDataRow<string, string>>> RowsAsync()
    {
        // A file that cannot be read has no tests here; its row as a whole says why.
        var listed = await PesterReport.MakeAsync(version, [folder], list: true);
        return [.. Files().SelectMany(file => listed.Tests.Where(test => string.Equals(test.File, file, StringComparison.Ordinal)).Select(test => test.Name).Distinct(StringComparer.Ordinal)
            .Prepend(string.Empty).Select(name => Row(file, name)))];
    }

    /// <summary>What is wrong with a test, or with a file apart from its tests; null if nothing is.</summary>
    public async Task<string?> FailureAsync(string file, string name)
    {
        var together = Files().Chunk(FilesPerShell).First(files => files.Contains(file, StringComparer.Ordinal));
        var run = await RunAsync(together);
        if (run.Version.Length == 0)
            run = await RunAsync([file]);
        return name.Length == 0 ? FailureOfFile(run.Of(file)) : FailureOfTest(run.Of(file), name);
    }

    private IEnumerable<string> Files() => Directory.EnumerateFiles(folder, "*.Tests.ps1").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    private Task<PesterReport> RunAsync(string[] files) =>
        _runs.GetOrAdd(string.Join(Path.PathSeparator, files), _ => new(() => PesterReport.MakeAsync(version, files.Select(file => Path.Combine(folder, file))))).Value;

    private string? FailureOfFile(PesterReport run)
    {
        var twice = run.Tests.GroupBy(test => test.Name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => $"Two tests are named '{group.Key}'.");
        string[] none = run.Tests.Count == 0 ? ["It has no tests."] : [];
        string[] other = run.Version.Length > 0 && !string.Equals(run.Version, version, StringComparison.Ordinal) ? [$"It ran under Pester {run.Version}."] : [];
        string[] errors = [.. run.Errors.Select(error => error.Text), .. twice, .. none, .. other];
        return errors.Length == 0 ? null : string.Join('\n', errors);
    }

    private static string? FailureOfTest(PesterReport run, string name) => run.Tests.FirstOrDefault(test => string.Equals(test.Name, name, StringComparison.Ordinal)) switch
    {
        null => $"It did not run. {string.Join('\n', run.Errors.Select(error => error.Text))}",
        { Result: "Passed" } => null,
        { Failure: "" } test => $"{test.Result}: {string.Join('\n', run.Errors.Select(error => error.Text))}", // what came before it failed
        var test => $"{test.Result}: {test.Failure}",
    };

    private TheoryDataRow<string, string> Row(string file, string name) => new(file, name)
    {
        TestDisplayName = $"Pester {version}: {file}{(name.Length == 0 ? string.Empty : " > " + name)}",
        Label = string.Empty,
    };
}
