using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using PandoraSync.TestSupport;

namespace PandoraSync.SystemTests.Pester;

/// <summary>What Run.ps1 reports.</summary>
/// <param name="Version">Pester's, as it says itself; empty if there is no report.</param>
/// <param name="Errors">What went wrong outside of tests.</param>
/// <param name="Tests">The tests, in Pester's order.</param>
internal sealed record PesterReport(string Version, IReadOnlyList<PesterError> Errors, IReadOnlyList<PesterTest> Tests)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    /// <summary>Has a shell run files, or list the tests of all files in a folder. A shell that ends without a report is an error in the report.</summary>
    public static async Task<PesterReport> MakeAsync(string version, IEnumerable<string> paths, bool list = false)
    {
        using var folder = new TempFolder();
        var report = folder["report.json"];
        using var shell = ShellProcess.Start("-NonInteractive", "-File", Path.Combine(Repository.Root, "tests", "System", "Pester", "Run.ps1"),
            "-Pester", Path.Combine(Repository.Tools, "Pester", version, "Pester.psd1"), "-Path", string.Join(Path.PathSeparator, paths), "-Report", report, $"-List:${list}");
        var end = await shell.EndAsync(Limit);
        return File.Exists(report)
            ? JsonSerializer.Deserialize<PesterReport>(await File.ReadAllBytesAsync(report))!
            : new PesterReport(string.Empty, [new PesterError(string.Empty, $"The shell ended without a report: {end}")], []);
    }

    /// <summary>What it says of one file, and of all.</summary>
    public PesterReport Of(string file) => this with
    {
        Errors = [.. Errors.Where(error => error.File.Length == 0 || string.Equals(error.File, file, StringComparison.Ordinal))],
        Tests = [.. Tests.Where(test => string.Equals(test.File, file, StringComparison.Ordinal))],
    };
}
