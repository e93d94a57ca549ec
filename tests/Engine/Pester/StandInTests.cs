using System.Management.Automation;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.Tests.Engine.Pester;

/// <summary>The stand-in itself: it must fail where Pester would.</summary>
public sealed class StandInTests
{
    [Fact]
    public void An_It_that_does_not_hold_is_reported_with_its_line()
    {
        var result = Run("Describe 'd' {\n It 'right' { 1 | Should -Be 1 }\n It 'wrong' { 1 | Should -Be 2 }\n}");
        Assert.Equal(["d > right"], result.Passed);
        Assert.Equal(["d > wrong: Should -Be 2, but it was 1. (line 3)"], result.Failed);
    }

    [Theory]
    [InlineData("1 | Should -Be 2")]
    [InlineData("1 | Should -Not -Be 1")]
    [InlineData("1, 2 | Should -Be 1")]
    [InlineData("'a' | Should -BeExactly 'A'")]
    [InlineData("'a' | Should -BeNullOrEmpty")]
    [InlineData("$null | Should -Not -BeNullOrEmpty")]
    [InlineData("0 | Should -BeTrue")]
    [InlineData("1 | Should -BeFalse")]
    [InlineData("1 | Should -BeOfType string")]
    [InlineData("1, 2 | Should -HaveCount 3")]
    [InlineData("'abc' | Should -Match '^b'")]
    [InlineData("'abc' | Should -BeLike 'b*'")]
    [InlineData("1, 2 | Should -Contain 3")]
    [InlineData("3 | Should -BeIn 1, 2")]
    [InlineData("1 | Should -BeGreaterThan 1")]
    [InlineData("1 | Should -BeLessThan 1")]
    [InlineData("'/nowhere/x' | Should -Exist")]
    [InlineData("{ 1 } | Should -Throw")]
    [InlineData("{ throw 'a' } | Should -Throw -ExpectedMessage 'b*'")]
    [InlineData("{ throw 'a' } | Should -Not -Throw")]
    [InlineData("1 | Should -Be 1 -BeTrue")]
    [InlineData("1 | Should")]
    [InlineData("1 | Should -BeWhatever 1")]
    [InlineData("Mock Get-Help { }")]
    [InlineData("throw 'anything'")]
    public void These_fail(string body) => Assert.Single(Run($"Describe 'd' {{ It 'i' {{ {body} }} }}").Failed);

    [Theory]
    [InlineData("1, 2 | Should -Be 1, 2")]
    [InlineData("'A' | Should -Be 'a'")]
    [InlineData("@() | Should -BeNullOrEmpty")]
    [InlineData("@() | Should -HaveCount 0")]
    [InlineData("{ throw 'abc' } | Should -Throw 'a*'")]
    [InlineData("{ 1 } | Should -Not -Throw")]
    [InlineData("Should -ActualValue 1 -Be 1")]
    public void These_pass(string body) => Assert.Single(Run($"Describe 'd' {{ It 'i' {{ {body} }} }}").Passed);

    [Fact]
    public void What_is_set_before_is_seen_inside_and_torn_down_after()
    {
        var result = Run("""
            BeforeAll { $root = 'root' }
            Describe 'outer' {
                BeforeAll { $log = [System.Collections.Generic.List[string]]::new(); $outer = 1 }
                BeforeEach { $each = "$root-$outer" }
                AfterEach { $log.Add('after') }
                It 'sees both' { $each | Should -Be 'root-1'; $log.Count | Should -Be 0 }
                Context 'inner' {
                    BeforeAll { $inner = $outer + 1 }
                    It 'sees all' { "$inner $each" | Should -Be '2 root-1'; $log.Count | Should -Be 1 }
                }
                It 'does not see inner' { $inner | Should -BeNullOrEmpty }
            }
            """);
        Assert.True(result is { Passed.Count: 3, Failed.Count: 0 }, result.ToString());
    }

    [Fact]
    public void What_stands_in_a_Describe_outside_of_its_blocks_is_for_discovery_alone()
    {
        var result = Run("Describe 'd' { $found = 1; It 'i' { $found | Should -BeNullOrEmpty } }");
        Assert.True(result.Failed.Count == 0, result.ToString());
    }

    [Fact]
    public void Each_test_case_is_an_It_with_its_values()
    {
        var result = Run("Describe 'd' { It '<a> and <b>' -ForEach @(@{ a = 1; b = 1 }, @{ a = 1; b = 2 }) { $a | Should -Be $b } }");
        Assert.Equal(["d > 1 and 1"], result.Passed);
        Assert.Single(result.Failed);
    }

    [Fact]
    public void A_BeforeAll_that_fails_fails_every_It_below_it() =>
        Assert.Equal(2, Run("Describe 'd' { BeforeAll { throw 'no' }; It 'a' { }; Context 'c' { It 'b' { } } }").Failed.Count);

    [Theory]
    [InlineData("1 | Should -Be 1")]
    [InlineData("Describe 'd' { }")]
    [InlineData("Describe 'd' { throw 'no' }")]
    [InlineData("Describe 'd' -Tag x { It 'i' { } }")]
    [InlineData("Describe 'd' { It 'i' -Skip { } }")]
    [InlineData("InModuleScope x { }")]
    [InlineData("It 'i' { }")]
    public void A_file_outside_of_the_subset_or_without_an_It_is_an_error(string text) => Assert.ThrowsAny<RuntimeException>(() => Run(text));

    private static StandInResult Run(string text)
    {
        using var folder = new TempFolder();
        return StandIn.Run(folder.Write("x.Tests.ps1", text));
    }
}
