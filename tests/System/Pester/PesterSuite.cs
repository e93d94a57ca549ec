using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace PandoraSync.SystemTests.Pester;

/// <summary>
/// The files for Pester in a folder, under one version of it: a row for each test, and one for each file as a whole. Each file runs once, in a
/// shell of its own, when the first of its rows is asked for.
/// </summary>
internal sealed class PesterSuite(string version, string folder)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<PesterReport>>> _runs = new(StringComparer.Ordinal);

    /// <summary>File, and name of the test; an empty name means the file as a whole.</summary>
    public async Task<IReadOnlyList<TheoryDataRow<string, string>>> RowsAsync()
    {
        // A file that cannot be read has no tests here; its row as a whole says why.
        var listed = await PesterReport.MakeAsync(version, folder, list: true);
        var files = Directory.EnumerateFiles(folder, "*.Tests.ps1").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
        return [.. files.SelectMany(file => listed.Tests.Where(test => string.Equals(test.File, file, StringComparison.Ordinal)).Select(test => test.Name).Distinct(StringComparer.Ordinal)
            .Prepend(string.Empty).Select(name => Row(file, name)))];
    }

    /// <summary>What is wrong with a test, or with a file apart from its tests; null if nothing is.</summary>
    public async Task<string?> FailureAsync(string file, string name)
    {
        var run = await _runs.GetOrAdd(file, key => new(() => PesterReport.MakeAsync(version, Path.Combine(folder, key)))).Value;
        return name.Length == 0 ? FailureOfFile(run) : FailureOfTest(run, name);
    }

    private string? FailureOfFile(PesterReport run)
    {
        var twice = run.Tests.GroupBy(test => test.Name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => $"Two tests are named '{group.Key}'.");
        string[] none = run.Tests.Count == 0 ? ["It has no tests."] : [];
        string[] other = run.Version.Length > 0 && !string.Equals(run.Version, version, StringComparison.Ordinal) ? [$"It ran under Pester {run.Version}."] : [];
        string[] errors = [.. run.Errors, .. twice, .. none, .. other];
        return errors.Length == 0 ? null : string.Join('\n', errors);
    }

    private static string? FailureOfTest(PesterReport run, string name) => run.Tests.FirstOrDefault(test => string.Equals(test.Name, name, StringComparison.Ordinal)) switch
    {
        null => $"It did not run. {string.Join('\n', run.Errors)}",
        { Result: "Passed" } => null,
        { Failure: "" } test => $"{test.Result}: {string.Join('\n', run.Errors)}", // what came before it failed
        var test => $"{test.Result}: {test.Failure}",
    };

    private TheoryDataRow<string, string> Row(string file, string name) => new(file, name)
    {
        TestDisplayName = $"Pester {version}: {file}{(name.Length == 0 ? string.Empty : " > " + name)}",
        Label = string.Empty,
    };
}
