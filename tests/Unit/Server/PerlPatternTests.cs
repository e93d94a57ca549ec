using System;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Server.Storage;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.Tests.Server;

/// <summary>Filters are Perl patterns: what is taken matches as Perl does, what would not is refused.</summary>
public sealed class PerlPatternTests
{
    private static readonly string[] Names = ["agent.conf", "agent.md5", "a.conf.data", "ABC.CONF", "a1_b-2.data", "ü.data", "٣.data", "x y.zip", "aaa", "a.b", ".conf", "conf"];

    [Theory]
    [InlineData(@".*\.conf")]
    [InlineData(@"\.conf$")]
    [InlineData(@"^\d+\.data")]
    [InlineData(@"^\w+\.data$")]
    [InlineData(@"^[\w-]+\.data$")]
    [InlineData(@"^\W")]
    [InlineData(@"\s")]
    [InlineData(@"(?i)\.conf$")]
    [InlineData(@"^(a|x).*")]
    [InlineData(@"(a)\1\1")]
    [InlineData(@"^(?=a).+5$")]
    [InlineData(@"\Aconf\z")]
    [InlineData(@"a{2,3}?")]
    [InlineData(@"[^.]+\+?")]
    [InlineData(@"b-[0-9]+")]
    public async Task What_is_taken_matches_as_in_Perl(string pattern)
    {
        var perl = new RealProgram("perl", "perl");
        Assert.SkipWhen(perl.WhyMissing is not null, perl.WhyMissing ?? string.Empty);
        var filters = FolderFilters.Parse(pattern + ":yes");
        var ours = Names.Where(n => filters.FolderOf(n).Length > 0);
        var theirs = await perl.RunAsync(["-e", "my $p = shift; for (@ARGV) { print \"$_\\n\" if /$p/ }", pattern, .. Names]);
        Assert.Equal(theirs.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), ours);
    }

    [Theory]
    [InlineData(@"a++", "'++' (possessive)")]
    [InlineData(@"a*+", "'*+' (possessive)")]
    [InlineData(@"foo\Kbar", @"'\K'")]
    [InlineData(@"(?R)", "'(?R' (recursion)")]
    [InlineData(@"(?P<n>a)", "'(?P' (Python's named groups)")]
    [InlineData(@"[[:alpha:]]", "'[[:' (POSIX classes)")]
    [InlineData(@"\h", @"'\h'")]
    [InlineData(@"\Qa.b\E", @"'\Q'")]
    [InlineData(@"(?{ system })", "'(?{' (code)")]
    [InlineData(@"[\D]", @"'\D' inside brackets")]
    [InlineData(@"[a-z-[b]]", "'-[' inside brackets (class subtraction)")]
    [InlineData(@"a{,3}", "'{,' (a count without its least number)")]
    [InlineData(@"(?<=a*)b", "'(?<=' (looking back)")]
    [InlineData(@"\v", @"'\v'")]
    [InlineData(@"a(b", "")]
    public void What_would_match_otherwise_is_refused_with_the_reason(string pattern, string what)
    {
        var error = Assert.Throws<TentacleException>(() => FolderFilters.Parse(pattern + ":folder"));
        Assert.StartsWith($"The filter '{pattern}:folder' cannot be used: the pattern is not one that can be followed (", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"^(a+)+$")]
    [InlineData(@"^(a|aa)+$")]
    [InlineData(@"^(?=a)(a+)+$")]
    public async Task No_name_makes_a_match_run_away(string pattern)
    {
        using var ours = new Fixtures.OurServer(o => o with { Filters = FolderFilters.Parse(pattern + ":folder") });
        using var client = new PlainClient(ours.Port);
        var answer = await Eventually.Ends(Task.Run(() => client.Send(new string('a', 200) + "-.data", [1, 2, 3])), "the answer");
        Assert.Equal("SEND OK", answer);
    }
}
