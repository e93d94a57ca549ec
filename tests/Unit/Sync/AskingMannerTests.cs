using System;
using System.Collections.Generic;
using PandoraSync.Sync.Drain;
using Xunit;

namespace PandoraSync.Tests.Sync;

/// <summary>How far ahead a site is asked, and what is said of it.</summary>
public sealed class AskingMannerTests
{
    private readonly List<string> _story = [];

    [Theory]
    [InlineData(1, false)]
    [InlineData(4, false)]
    [InlineData(5, true)]
    [InlineData(200, true)]
    public void A_plain_line_is_asked_ahead_from_a_round_trip_of_5_ms_on_and_tls_always(int milliseconds, bool isPlainAhead)
    {
        Assert.Equal(isPlainAhead, With(milliseconds).IsAskedAhead);
        Assert.True(With(milliseconds, isTls: true).IsAskedAhead);
    }

    [Theory]
    [InlineData(5, 2)]
    [InlineData(50, 5)]
    [InlineData(200, 10)]
    public void The_gap_begins_near_a_tenth_of_the_round_trip(int roundTrip, int gap) => Assert.Equal(TimeSpan.FromMilliseconds(gap), With(roundTrip).GetGap());

    [Fact]
    public void Records_of_tls_need_no_gap() => Assert.Equal(TimeSpan.Zero, With(50, isTls: true).GetGap());

    [Fact]
    public void The_gap_shrinks_while_answers_come_and_doubles_when_a_connection_breaks_and_shrinks_more_slowly_then()
    {
        var manner = With(50);
        for (var i = 0; i < 5; i++)
            manner.Proved(manner.GetGap());
        Assert.Equal(TimeSpan.FromMilliseconds(2), manner.GetGap());
        manner.Broke(manner.Breaks);
        Assert.Equal(TimeSpan.FromMilliseconds(4), manner.GetGap());
        for (var i = 0; i < 3; i++)
            manner.Proved(manner.GetGap());
        Assert.InRange(manner.GetGap().TotalMilliseconds, 2.4, 2.5);
    }

    [Fact]
    public void What_several_connections_have_proven_with_one_gap_shrinks_it_once()
    {
        var manner = With(50);
        var gap = manner.GetGap();
        for (var connection = 0; connection < 8; connection++)
            manner.Proved(gap);
        Assert.Equal(TimeSpan.FromMilliseconds(4), manner.GetGap());
    }

    [Fact]
    public void After_three_breaks_in_a_row_nothing_is_asked_ahead_any_more_and_that_is_said()
    {
        var manner = With(50);
        manner.Broke(0);
        manner.Broke(1);
        manner.Proved(manner.GetGap());
        manner.Broke(2);
        manner.Broke(3);
        Assert.True(manner.IsAskedAhead);
        manner.Broke(4);
        Assert.False(manner.IsAskedAhead);
        Assert.Equal("one at a time", manner.Description);
        Assert.Equal(["asked for one file at a time from now on: asked ahead, its connections have broken 3 times in a row"], _story);
    }

    [Fact]
    public void What_breaks_several_connections_at_once_is_one_break()
    {
        var manner = With(50);
        var before = manner.Breaks;
        for (var connection = 0; connection < 8; connection++)
            manner.Broke(before);
        Assert.Equal(1, manner.Breaks);
        Assert.True(manner.IsAskedAhead);
    }

    private AskingManner With(int roundTripMilliseconds, bool isTls = false)
    {
        var manner = new AskingManner(mayAskAhead: true, _story.Add);
        manner.Observe(isTls, hasFastLane: false, TimeSpan.FromMilliseconds(roundTripMilliseconds));
        return manner;
    }
}
