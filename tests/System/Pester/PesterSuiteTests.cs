using System;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.SystemTests.Pester;

/// <summary>What the rows of <see cref="PesterSuite"/> must say about files that do not pass.</summary>
public sealed class PesterSuiteTests
{
    public static TheoryData<string> Versions { get; } = [Repository.OlderPester, Repository.NewerPester];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Each_failure_is_told_by_the_name_of_its_test_or_of_its_file(string version)
    {
        using var folder = new TempFolder();
        folder.Write("Fails.Tests.ps1", "Describe 'sums <_>' -ForEach 'small' { It '<a> and <b>' -ForEach @{ a = 1; b = 1 }, @{ a = 1; b = 2 } { $a + $b | Should -Be 2 -Because 'of arithmetic' }; It 'skips' -Skip { } }");
        folder.Write("Throws.Tests.ps1", "throw 'not readable'");
        folder.Write("Broken.Tests.ps1", "Describe 'a' {");
        folder.Write("Empty.Tests.ps1", "BeforeAll { }");
        folder.Write("Twice.Tests.ps1", "Describe 'a' { It 'b' { }; It 'b' { } }");
        folder.Write("Dies.Tests.ps1", "Describe 'a' { It 'dies' { [Environment]::Exit(3) } }");
        folder.Write("Begins.Tests.ps1", "Describe 'a' { BeforeAll { throw 'no begin' }; It 'b' { } }");
        folder.Write("Ends.Tests.ps1", "Describe 'a' { AfterAll { throw 'no end' }; It 'b' { } }");
        var suite = new PesterSuite(version, folder.Path);

        var rows = await suite.RowsAsync();
        Assert.Contains($"Pester {version}: Fails.Tests.ps1 > sums small > 1 and 2", rows.Select(row => row.TestDisplayName));
        Assert.Equal(
            [
                "Begins.Tests.ps1: ", "Begins.Tests.ps1: a > b", "Broken.Tests.ps1: ", "Dies.Tests.ps1: ", "Dies.Tests.ps1: a > dies", "Empty.Tests.ps1: ", "Ends.Tests.ps1: ", "Ends.Tests.ps1: a > b",
                "Fails.Tests.ps1: ", "Fails.Tests.ps1: sums small > 1 and 1", "Fails.Tests.ps1: sums small > 1 and 2", "Fails.Tests.ps1: sums small > skips", "Throws.Tests.ps1: ", "Twice.Tests.ps1: ", "Twice.Tests.ps1: a > b",
            ],
            rows.Select(row => $"{row.Data.Item1}: {row.Data.Item2}"));

        Assert.Null(await suite.FailureAsync("Fails.Tests.ps1", string.Empty));
        Assert.Null(await suite.FailureAsync("Fails.Tests.ps1", "sums small > 1 and 1"));
        await Says("Fails.Tests.ps1", "sums small > 1 and 2", "Failed: Expected 2, because of arithmetic, but got 3.");
        await Says("Fails.Tests.ps1", "sums small > skips", "Skipped: ");
        await Says("Fails.Tests.ps1", "removed meanwhile", "It did not run.");
        await Says("Throws.Tests.ps1", string.Empty, "not readable");
        await Says("Broken.Tests.ps1", string.Empty, "Missing closing '}'");
        await Says("Empty.Tests.ps1", string.Empty, "It has no tests.");
        await Says("Twice.Tests.ps1", string.Empty, "Two tests are named 'a > b'.");
        await Says("Dies.Tests.ps1", string.Empty, "The shell ended without a report: exit code 3");
        await Says("Dies.Tests.ps1", "a > dies", "It did not run. The shell ended without a report: exit code 3");
        await Says("Begins.Tests.ps1", "a > b", "no begin");
        await Says("Ends.Tests.ps1", string.Empty, "no end");

        async Task Says(string file, string name, string what) => Assert.Contains(what, await suite.FailureAsync(file, name) ?? "nothing", StringComparison.Ordinal);
    }
}
