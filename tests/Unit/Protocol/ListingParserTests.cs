using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using PandoraSync.Protocol;
using Xunit;

namespace PandoraSync.Tests.Protocol;

public class ListingParserTests
{
    [Fact]
    public void A_listing_split_at_every_byte_is_the_same()
    {
        var listing = Encoding.UTF8.GetBytes(".\n..\nb.1.data\n\nä 漢.2.data\n.hidden\nlast");
        for (var first = 0; first <= listing.Length; first++)
        {
            for (var second = first; second <= listing.Length; second++)
            {
                var parser = new ListingParser();
                parser.Feed(new ArraySegment<byte>(listing, 0, first));
                parser.Feed(new ArraySegment<byte>(listing, first, second - first));
                parser.Feed(new ArraySegment<byte>(listing, second, listing.Length - second));
                Assert.Equal(["b.1.data", "ä 漢.2.data", ".hidden", "last"], parser.Complete().Select(n => n.Name));
            }
        }
    }

    [Fact]
    public void The_feeders_array_may_change_afterwards()
    {
        var parser = new ListingParser();
        var piece = Encoding.ASCII.GetBytes("half");
        parser.Feed(new ArraySegment<byte>(piece));
        Array.Clear(piece, 0, piece.Length);
        parser.Feed(new ArraySegment<byte>(Encoding.ASCII.GetBytes("way\n")));
        Assert.Equal("halfway", Assert.Single(parser.Complete()).Name);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("a|b")]
    [InlineData(" a")]
    [InlineData("a\r")]
    [InlineData("a\u001bb")]
    public void An_unsafe_name_is_listed_with_the_reason(string name)
    {
        var listed = Assert.Single(Parse(Encoding.UTF8.GetBytes(name + "\n")));
        Assert.Equal(name, listed.Name);
        Assert.NotNull(listed.UnsafeReason);
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_unsafe()
    {
        var listed = Assert.Single(Parse([(byte)'a', 0xFF, (byte)'\n']));
        Assert.Equal("a\uFFFD", listed.Name);
        Assert.Contains("UTF-8", listed.UnsafeReason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_safe_name_has_no_reason() => Assert.Null(Assert.Single(Parse("a.1.data\n"u8.ToArray())).UnsafeReason);

    [Fact]
    public void Nothing_is_an_empty_listing() => Assert.Empty(Parse([]));

    [Fact]
    public void A_line_longer_than_any_name_is_refused_even_when_it_comes_in_small_pieces()
    {
        var parser = new ListingParser();
        var piece = new ArraySegment<byte>(Encoding.ASCII.GetBytes(new string('a', 512)));
        parser.Feed(piece);
        parser.Feed(piece);
        var error = Assert.Throws<TentacleException>(() => parser.Feed(new ArraySegment<byte>([(byte)'a'])));
        Assert.Equal(TentacleErrorKind.Protocol, error.Kind);
    }

    [Fact]
    public void More_names_than_the_memory_should_hold_are_refused()
    {
        var parser = new ListingParser();
        var thousand = new ArraySegment<byte>(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a\n", 1000))));
        var error = Assert.Throws<TentacleException>(() =>
        {
            for (var i = 0; i <= TentacleLimits.MaxListedNames / 1000; i++)
                parser.Feed(thousand);
        });
        Assert.Equal(TentacleErrorKind.TooLarge, error.Kind);
        Assert.Equal(TentacleLimits.MaxListedNames, parser.Names.Count);
    }

    [Fact]
    public void Names_that_are_handed_on_are_the_bytes_that_came_and_are_not_kept()
    {
        var taken = new List<byte[]>();
        var parser = new ListingParser(name => taken.Add([.. name]));
        foreach (var b in ".\n\na.1.data\n..\n.a\nx\u00E4\n"u8.ToArray())
            parser.Feed(new ArraySegment<byte>([b]));
        parser.Feed(new ArraySegment<byte>([0xFF, (byte)'z']));
        Assert.Empty(parser.Complete());
        Assert.Equal(["a.1.data"u8.ToArray(), ".a"u8.ToArray(), "x\u00E4"u8.ToArray(), [0xFF, (byte)'z']], taken);
    }

    [Fact]
    public void More_names_than_are_accepted_are_not_handed_on()
    {
        var taken = 0;
        var parser = new ListingParser(_ => taken++);
        var thousand = new ArraySegment<byte>(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a\n", 1000))));
        for (var i = 0; i < TentacleLimits.MaxListedNames / 1000; i++)
            parser.Feed(thousand);
        Assert.Equal(TentacleErrorKind.TooLarge, Assert.Throws<TentacleException>(() => parser.Feed(thousand)).Kind);
        Assert.Equal(TentacleLimits.MaxListedNames, taken);
    }

    [Fact]
    public void A_replacement_character_that_was_sent_as_one_is_text_and_still_unsafe()
    {
        var listed = Assert.Single(Parse("a\uFFFD|\n"u8.ToArray()));
        Assert.Equal("a\uFFFD|", listed.Name);
        Assert.NotNull(listed.UnsafeReason);
    }

    private static ListedName[] Parse(byte[] listing)
    {
        var parser = new ListingParser();
        parser.Feed(new ArraySegment<byte>(listing));
        return [.. parser.Complete()];
    }
}
