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
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(6);

    /// <summary>Has a shell run files, or list the tests of all files in a folder. A shell that ends without a report, or does not end, is an error in the report.</summary>
    public static async Task<PesterReport> MakeAsync(string version, IEnumerable<string> paths, bool list = false)
    {
        using var folder = new TempFolder();
        var report = folder["report.json"];
        using var shell = ShellProcess.Start("-NonInteractive", "-File", Path.Combine(Repository.Root, "tests", "System", "Pester", "Run.ps1"),
            "-Pester", Path.Combine(Repository.Tools, "Pester", version, "Pester.psd1"), "-Path", string.Join(Path.PathSeparator, paths), "-Report", report, $"-List:${list}");
        try
        {
            var end = await shell.EndAsync(Limit);
            return File.Exists(report)
                ? JsonSerializer.Deserialize<PesterReport>(await File.ReadAllBytesAsync(report))!
                : Nothing($"The shell ended without a report: {end}");
        }
        catch (TimeoutException e)
        {
            // As if it had ended, so that each of its files shows alone whether it is the one.
            return Nothing(e.Message);
        }

        static PesterReport Nothing(string why) => new(string.Empty, [new PesterError(string.Empty, why)], []);
    }

    /// <summary>What it says of one file, and of what is no file of tests, which concerns all.</summary>
    public PesterReport Of(string file) => this with
    {
        Errors = [.. Errors.Where(error => !error.File.EndsWith(".Tests.ps1", StringComparison.Ordinal) || string.Equals(error.File, file, StringComparison.Ordinal))],
        Tests = [.. Tests.Where(test => string.Equals(test.File, file, StringComparison.Ordinal))],
    };
}
