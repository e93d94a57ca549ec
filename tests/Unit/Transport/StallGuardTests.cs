using System;
using System.Threading;
using PandoraSync.Transport;
using Xunit;

namespace PandoraSync.Tests.Transport;

public sealed class StallGuardTests
{
    [Fact]
    public void What_is_released_is_closed_neither_by_the_token_nor_by_the_time()
    {
        var closed = 0;
        using var cancellation = new CancellationTokenSource();
        using var guard = new StallGuard(() => closed++);
        using var watch = guard.Watch(cancellation.Token);
        guard.Begin(TimeSpan.FromHours(1));
        Assert.True(guard.TryRelease());
        cancellation.Cancel();
        Assert.Equal((0, false, false), (closed, guard.Cancelled, guard.TimedOut));
    }

    [Fact]
    public void What_the_token_has_closed_is_not_released()
    {
        var closed = 0;
        using var cancellation = new CancellationTokenSource();
        using var guard = new StallGuard(() => closed++);
        using var watch = guard.Watch(cancellation.Token);
        cancellation.Cancel();
        Assert.False(guard.TryRelease());
        Assert.Equal((1, true, false), (closed, guard.Cancelled, guard.TimedOut));
    }

    [Fact]
    public void What_the_time_is_about_to_close_is_not_released()
    {
        // The token or the time ends in the moment in which a connection is made.
        using var isClosing = new ManualResetEventSlim();
        using var mayClose = new ManualResetEventSlim();
        using var guard = new StallGuard(() =>
        {
            isClosing.Set();
            mayClose.Wait();
        });
        guard.Begin(TimeSpan.FromMilliseconds(1));
        Assert.True(isClosing.Wait(TimeSpan.FromSeconds(20)));
        Assert.False(guard.TryRelease());
        Assert.True(guard.TimedOut);
        mayClose.Set();
    }
}
