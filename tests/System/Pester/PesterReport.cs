using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using System.Threading.Tasks;
using PandoraSync.TestSupport;

namespace PandoraSync.SystemTests.Pester;

/// <summary>What Run.ps1 reports.</summary>
/// <param name="Version">Pester's, as it says itself; empty if there is no report.</param>
/// <param name="Errors">What went wrong outside of tests.</param>
/// <param name="Tests">The tests, in Pester's order.</param>
internal sealed record PesterReport(string Version, IReadOnlyList<string> Errors, IReadOnlyList<PesterTest> Tests)
{
    /// <summary>Has a shell run a file, or list the tests of all files in a folder. A shell that ends without a report is an error in the report.</summary>
    public static async Task<PesterReport> MakeAsync(string version, string path, bool list = false)
    {
        using var folder = new TempFolder();
        var report = folder["report.json"];
        using var shell = ShellProcess.Start("-NonInteractive", "-File", Path.Combine(Repository.Root, "tests", "System", "Pester", "Run.ps1"),
            "-Pester", Path.Combine(Repository.Tools, "Pester", version, "Pester.psd1"), "-Path", path, "-Report", report, $"-List:${list}");
        var end = await shell.EndAsync();
        return File.Exists(report)
            ? JsonSerializer.Deserialize<PesterReport>(await File.ReadAllBytesAsync(report))!
            : new PesterReport(string.Empty, [$"The shell ended without a report: {end}"], []);
    }
}
