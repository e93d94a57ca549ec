using System;
using System.IO;
using System.Linq;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.Tests.Engine.Pester;

/// <summary>The stand-in for Pester: what it must report, and the scopes it must keep.</summary>
public sealed class StandInTests
{
    [Fact]
    public void A_test_whose_assertion_does_not_hold_is_failed()
    {
        var failure = FailureOf("1 | Should -Be 2 -Because 'of arithmetic'");
        Assert.Contains("Expected 1 to Be 2, because of arithmetic.", failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1 | Should -BeApproximately 2")]
    [InlineData("1 | Should -Be 1 -Unknown 2")]
    [InlineData("1 | Should Be 1")]
    [InlineData("1 | Should-Be 1")]
    [InlineData("Mock Get-Command { }; 1 | Should -Be 1")]
    [InlineData("{ Mock Get-Command { } } | Should -Throw")]
    [InlineData("1, 2 | Should -BeGreaterThan 0")]
    [InlineData("It 'inner' { }")]
    [InlineData("Describe 'inner' { }")]
    [InlineData("BeforeAll { }")]
    [InlineData("break")]
    public void A_test_that_leaves_the_subset_is_failed(string body) => Assert.NotNull(FailureOf(body));

    [Theory]
    [InlineData("Describe 'a' -Tag x { It 'b' { } }")]
    [InlineData("Describe 'a' { It 'b' -Skip { } }")]
    [InlineData("Describe 'a' { InModuleScope x { } ; It 'b' { } }")]
    [InlineData("Describe 'a' { It '<missing>' { } }")]
    [InlineData("Describe 'a' { It 'b' { }; It 'b' { } }")]
    [InlineData("Describe 'a' { BeforeAll { }; BeforeAll { }; It 'b' { } }")]
    [InlineData("Describe 'a' { BeforeAll { throw 'x' }; It 'b' { } }")]
    [InlineData("Describe 'a' { AfterAll { throw 'x' }; It 'b' { } }")]
    [InlineData("Describe 'a' { AfterAll { Import-Module nonsense }; It 'b' { } }")]
    [InlineData("Describe 'a' { 1 | Should -Be 1; It 'b' { } }")]
    [InlineData("It 'b' { }")]
    [InlineData("Describe 'a' { }")]
    [InlineData("Describe 'a' {")]
    public void A_file_that_leaves_the_subset_is_failed(string text) => Assert.NotEmpty(Run(text).Errors);

    [Fact]
    public void A_test_after_a_failed_BeforeAll_is_not_taken_for_passed() =>
        Assert.NotNull(Run("Describe 'a' { BeforeAll { throw 'x' }; Context 'c' { It 'b' { } } }").Tests.Single().Failure);

    [Fact]
    public void An_error_that_does_not_end_a_test_fails_it() =>
        Assert.Contains("nonsense", FailureOf("Import-Module nonsense; 1 | Should -Be 1"), StringComparison.Ordinal);

    [Theory]
    [InlineData("'a' | Should -Be 'A'", "'a' | Should -Be 'b'")]
    [InlineData("1, 2 | Should -Be 1, 2", "1, 2 | Should -Be 2, 1")]
    [InlineData("'a' | Should -BeExactly 'a'", "'a' | Should -BeExactly 'A'")]
    [InlineData("'a' | Should -Not -Be 'b'", "'a' | Should -Not -Be 'a'")]
    [InlineData("'' | Should -BeNullOrEmpty", "'a' | Should -BeNullOrEmpty")]
    [InlineData("@() | Should -BeNullOrEmpty", "1, 2 | Should -BeNullOrEmpty")]
    [InlineData("$null | Should -BeNullOrEmpty", "$null | Should -Not -BeNullOrEmpty")]
    [InlineData("$true | Should -BeTrue", "$false | Should -BeTrue")]
    [InlineData("$false | Should -BeFalse", "1 | Should -BeFalse")]
    [InlineData("1 | Should -BeOfType ([int])", "'1' | Should -BeOfType ([int])")]
    [InlineData("1 | Should -BeOfType int", "1 | Should -BeOfType string")]
    [InlineData("1, 2 | Should -HaveCount 2", "1 | Should -HaveCount 2")]
    [InlineData("@() | Should -HaveCount 0", "@() | Should -HaveCount 1")]
    [InlineData("'abc' | Should -Match '^A.c$'", "'abc' | Should -Match 'x'")]
    [InlineData("'abc' | Should -BeLike 'A*'", "'abc' | Should -BeLike 'a'")]
    [InlineData("1, 2 | Should -Contain 2", "1, 2 | Should -Contain 3")]
    [InlineData("2 | Should -BeIn 1, 2", "3 | Should -BeIn 1, 2")]
    [InlineData("2 | Should -BeGreaterThan 1", "2 | Should -BeGreaterThan 2")]
    [InlineData("2 | Should -BeGreaterOrEqual 2", "2 | Should -BeGreaterOrEqual 3")]
    [InlineData("1 | Should -BeLessThan 2", "2 | Should -BeLessThan 2")]
    [InlineData("2 | Should -BeLessOrEqual 2", "3 | Should -BeLessOrEqual 2")]
    [InlineData("$TestDrive | Should -Exist", "\"$TestDrive/x\" | Should -Exist")]
    [InlineData("{ throw 'abc' } | Should -Throw", "{ } | Should -Throw")]
    [InlineData("{ } | Should -Not -Throw", "{ throw 'abc' } | Should -Not -Throw")]
    [InlineData("{ throw 'abc' } | Should -Throw 'a*'", "{ throw 'abc' } | Should -Throw 'b*'")]
    [InlineData("{ throw 'abc' } | Should -Throw -ErrorId abc", "{ throw 'abc' } | Should -Throw -ErrorId a")]
    [InlineData("{ [void][int]::Parse('x') } | Should -Throw -ExceptionType ([Management.Automation.MethodInvocationException])", "{ throw 'abc' } | Should -Throw -ExceptionType ([FormatException])")]
    [InlineData("({ throw 'abc' } | Should -Throw -PassThru).Exception.Message | Should -Be 'abc'", "({ throw 'abc' } | Should -Throw -PassThru).Exception.Message | Should -Be 'x'")]
    public void An_operator_tells_what_holds_from_what_does_not(string holds, string fails)
    {
        Assert.Null(FailureOf(holds));
        Assert.NotNull(FailureOf(fails));
    }

    [Fact]
    public void Steps_and_tests_see_each_other_as_in_Pester()
    {
        var file = Run("""
            BeforeDiscovery { $cases = @{ Left = 1; Right = 2 }, @{ Left = 2; Right = 3 } }
            $atDiscovery = 1
            BeforeAll { $log = [Collections.Generic.List[string]]::new(); function Get-One { 1 } }
            Describe 'outer <_>' -ForEach 'x' {
                BeforeAll { $outer = "outer$_"; $log.Add('all') }
                BeforeEach { $each = 'each'; $log.Add('outer each') }
                AfterEach { $log.Add("after $mine") }
                It 'sees what BeforeAll and BeforeEach set' { "$outer $each $(Get-One) $PSScriptRoot" | Should -BeLike 'outerx each 1 ?*'; $mine = 'first'; $outer = 'changed' }
                It 'does not see what the test before it set' { "$mine$outer" | Should -Be 'outerx' }
                It 'does not see what was set at discovery' { $atDiscovery | Should -BeNullOrEmpty }
                Context 'inner' {
                    BeforeEach { $log.Add('inner each'); $each += '+' }
                    It '<Left> before <Right>' -TestCases $cases { $Right - $Left | Should -Be 1; $_.Left | Should -Be $Left; $each | Should -Be 'each+' }
                }
                It 'ran the steps in order' { $log -join ',' | Should -Be 'all,outer each,after first,outer each,after ,outer each,after ,outer each,inner each,after ,outer each,inner each,after ,outer each' }
            }
            """);
        Assert.Empty(file.Errors);
        Assert.All(file.Tests, test => Assert.Null(test.Failure));
        Assert.Equal(
            ["outer x > sees what BeforeAll and BeforeEach set", "outer x > does not see what the test before it set", "outer x > does not see what was set at discovery", "outer x > inner > 1 before 2", "outer x > inner > 2 before 3", "outer x > ran the steps in order"],
            file.Tests.Select(test => test.Path));
    }

    [Fact]
    public void What_a_block_leaves_in_the_test_drive_is_gone_after_it()
    {
        var file = Run("""
            Describe 'a' { It 'writes' { [IO.File]::WriteAllText("$TestDrive/a", 'x'); "$TestDrive/a" | Should -Exist } }
            Describe 'b' { It 'looks' { "$TestDrive/a" | Should -Not -Exist } }
            """);
        Assert.Empty(file.Errors);
        Assert.All(file.Tests, test => Assert.Null(test.Failure));
    }

    private static string? FailureOf(string body)
    {
        var file = Run($"Describe 'a' {{ It 'b' {{ {body} }} }}");
        Assert.Empty(file.Errors);
        return file.Tests.Single().Failure;
    }

    private static PesterFile Run(string text)
    {
        using var folder = new TempFolder();
        return PesterFile.Run(folder.Write("Sample.Tests.ps1", text));
    }
}
