using System;
using PandoraSync.Sync.Drain;
using Xunit;

namespace PandoraSync.Tests.Sync;

/// <summary>How much a stock server is asked for at once.</summary>
public sealed class AheadWindowTests
{
    [Fact]
    public void It_grows_while_windows_come_soon_and_leaves_other_connections_their_share()
    {
        var window = new AheadWindow(fairShare: 300);
        Assert.Equal(128, window.Files);
        for (var i = 0; i < 10; i++)
            window.Proved(TimeSpan.FromSeconds(1));
        Assert.Equal(300, window.Files);
        var alone = new AheadWindow(fairShare: 1_000_000);
        for (var i = 0; i < 10; i++)
            alone.Proved(TimeSpan.Zero);
        Assert.Equal(2048, alone.Files);
    }

    [Fact]
    public void It_shrinks_over_a_slow_line()
    {
        var window = new AheadWindow(fairShare: 1000);
        for (var i = 0; i < 10; i++)
            window.Proved(TimeSpan.FromSeconds(3));
        Assert.Equal(32, window.Files);
    }

    [Fact]
    public void It_shrinks_with_each_break_and_then_grows_slowly()
    {
        var window = new AheadWindow(fairShare: 1000);
        window.Broke();
        Assert.Equal(64, window.Files);
        window.Proved(TimeSpan.Zero);
        Assert.Equal(80, window.Files);
        for (var i = 0; i < 5; i++)
            window.Broke();
        Assert.Equal(32, window.Files);
    }
}
