using PandoraSync.Sync.Drain;
using Xunit;

namespace PandoraSync.Tests.Sync;

/// <summary>How much a stock server is asked for at once.</summary>
public sealed class AheadWindowTests
{
    [Fact]
    public void It_grows_while_answers_come_soon_and_leaves_other_connections_their_share()
    {
        var window = new AheadWindow(fairShare: 300);
        Assert.Equal(64, window.Files);
        Prove(window, 10);
        Assert.Equal(300, window.Files);
        var alone = new AheadWindow(fairShare: 1_000_000);
        Prove(alone, 10);
        Assert.Equal(2048, alone.Files);
    }

    [Fact]
    public void It_shrinks_when_answers_are_late()
    {
        var window = new AheadWindow(fairShare: 1000);
        Prove(window, 10, isLate: true);
        Assert.Equal(32, window.Files);
    }

    [Fact]
    public void What_was_asked_of_one_window_counts_once()
    {
        var window = new AheadWindow(fairShare: 1000);
        window.Proved(64, isLate: false);
        window.Proved(64, isLate: false);
        window.Proved(64, isLate: true);
        Assert.Equal(128, window.Files);
    }

    [Fact]
    public void It_shrinks_with_each_break_and_then_grows_slowly()
    {
        var window = new AheadWindow(fairShare: 1000);
        Prove(window, 1);
        window.Broke();
        Assert.Equal(64, window.Files);
        Prove(window, 1);
        Assert.Equal(80, window.Files);
        for (var i = 0; i < 5; i++)
            window.Broke();
        Assert.Equal(32, window.Files);
    }

    private static void Prove(AheadWindow window, int times, bool isLate = false)
    {
        for (var i = 0; i < times; i++)
            window.Proved(window.Files, isLate);
    }
}
