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
        folder.Write("Mixed.Tests.ps1", "Describe 'begins' { BeforeAll { throw 'no begin' }; It 'b' { } }; Describe 'ends' { AfterAll { throw 'no end' }; It 'b' { } }; Describe 'twice' { It 'b' { }; It 'b' { } }");
        var suite = new PesterSuite(version, folder.Path);

        var rows = await suite.RowsAsync();
        Assert.Contains($"Pester {version}: Fails.Tests.ps1 > sums small > 1 and 2", rows.Select(row => row.TestDisplayName));
        Assert.Equal(
            [
                "Broken.Tests.ps1: ", "Empty.Tests.ps1: ",
                "Fails.Tests.ps1: ", "Fails.Tests.ps1: sums small > 1 and 1", "Fails.Tests.ps1: sums small > 1 and 2", "Fails.Tests.ps1: sums small > skips",
                "Mixed.Tests.ps1: ", "Mixed.Tests.ps1: begins > b", "Mixed.Tests.ps1: ends > b", "Mixed.Tests.ps1: twice > b", "Throws.Tests.ps1: ",
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
        await Says("Mixed.Tests.ps1", "begins > b", "no begin");
        await Says("Mixed.Tests.ps1", string.Empty, "no end");
        await Says("Mixed.Tests.ps1", string.Empty, "Two tests are named 'twice > b'.");
        Assert.Null(await suite.FailureAsync("Mixed.Tests.ps1", "ends > b"));

        async Task Says(string file, string name, string what) => Assert.Contains(what, await suite.FailureAsync(file, name) ?? "nothing", StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_file_that_ends_the_shell_says_so_and_does_not_keep_the_others_from_running(string version)
    {
        using var folder = new TempFolder();
        folder.Write("Dies.Tests.ps1", "Describe 'a' { It 'dies' { [Environment]::Exit(3) } }");
        folder.Write("Lives.Tests.ps1", "Describe 'a' { It 'lives' { } }");
        var suite = new PesterSuite(version, folder.Path);
        Assert.Contains("The shell ended without a report: exit code 3", await suite.FailureAsync("Dies.Tests.ps1", string.Empty), StringComparison.Ordinal);
        Assert.Contains("It did not run. The shell ended without a report: exit code 3", await suite.FailureAsync("Dies.Tests.ps1", "a > dies"), StringComparison.Ordinal);
        Assert.Null(await suite.FailureAsync("Lives.Tests.ps1", string.Empty));
        Assert.Null(await suite.FailureAsync("Lives.Tests.ps1", "a > lives"));
    }
}
