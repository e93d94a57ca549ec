using System.Collections.Generic;
using System.Linq;
using PandoraSync.Protocol;
using Xunit;

namespace PandoraSync.Tests.Protocol;

public class FileNameRulesTests
{
    private const string Invalid = "?[]/\\=+<>:;',*~";
    private const string Unsafe = "|&$`\"()#!{}^%";

    public static IEnumerable<TheoryDataRow<char>> InvalidCharacters => Invalid.Select(c => new TheoryDataRow<char>(c));

    public static IEnumerable<TheoryDataRow<char>> UnsafeCharacters => Unsafe.Select(c => new TheoryDataRow<char>(c));

    [Theory]
    [MemberData(nameof(InvalidCharacters))]
    public void An_invalid_character_is_named_wherever_it_stands(char c)
    {
        foreach (var name in new[] { $"{c}a", $"a{c}b", $"a{c}" })
        {
            Assert.Contains($"'{c}'", FileNameRules.WhyInvalid(name), System.StringComparison.Ordinal);
            Assert.NotNull(FileNameRules.UnsafeReason(name));
        }
    }

    [Theory]
    [MemberData(nameof(UnsafeCharacters))]
    public void An_unsafe_character_is_allowed_by_the_protocol_and_still_never_used(char c)
    {
        foreach (var name in new[] { $"{c}a", $"a{c}b", $"a{c}" })
        {
            Assert.Null(FileNameRules.WhyInvalid(name));
            Assert.Contains($"'{c}'", FileNameRules.UnsafeReason(name), System.StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Of_all_ASCII_characters_only_the_rest_is_safe_inside_a_name()
    {
        for (var c = '\0'; c < 128; c++)
        {
            var isSafe = c >= ' ' && c != 127 && !Invalid.Contains(c) && !Unsafe.Contains(c);
            Assert.True((FileNameRules.UnsafeReason($"a{c}b") is null) == isSafe, $"U+{(int)c:X4}");
        }
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef.1760000000.data")]
    [InlineData("web server 1.1760000000.data")]
    [InlineData("Größe-漢字-😀.data")]
    [InlineData("a@b_c-d.e")]
    [InlineData(".hidden")]
    [InlineData("...")]
    public void Ordinary_names_are_safe(string name) => Assert.Null(FileNameRules.UnsafeReason(name));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\t")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../etc")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    public void No_file_can_have_such_a_name(string name)
    {
        Assert.NotNull(FileNameRules.WhyInvalid(name));
        Assert.NotNull(FileNameRules.UnsafeReason(name));
    }

    [Theory]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("\u00A0a")]
    [InlineData("a\u2003")]
    [InlineData("a\tb")]
    [InlineData("a\rb")]
    [InlineData("a\u007Fb")]
    [InlineData("a\u0085b")]
    [InlineData("a\uFFFDb")]
    public void Blank_ends_control_characters_and_broken_text_are_unsafe(string name) => Assert.NotNull(FileNameRules.UnsafeReason(name));

    [Fact]
    public void Half_of_a_surrogate_pair_is_unsafe()
    {
        Assert.NotNull(FileNameRules.UnsafeReason("a\uD83Db"));
        Assert.NotNull(FileNameRules.UnsafeReason("a\uDE00"));
        Assert.Null(FileNameRules.UnsafeReason("a\uD83D\uDE00"));
    }

    [Fact]
    public void Length_counts_in_bytes()
    {
        Assert.Null(FileNameRules.WhyInvalid(new string('a', 255)));
        Assert.NotNull(FileNameRules.WhyInvalid(new string('a', 256)));
        Assert.Null(FileNameRules.WhyInvalid(new string('ä', 127) + "a"));
        Assert.NotNull(FileNameRules.WhyInvalid(new string('ä', 128)));
    }

    [Fact]
    public void The_error_for_an_unsafe_name_shows_the_name_without_its_control_characters()
    {
        var error = Assert.Throws<TentacleException>(() => FileNameRules.RequireSafe("a\u001bb"));
        Assert.Equal(TentacleErrorKind.BadName, error.Kind);
        Assert.Equal("a\u001bb", error.File);
        Assert.Contains(@"'a\x1bb'", error.Message, System.StringComparison.Ordinal);
    }
}
