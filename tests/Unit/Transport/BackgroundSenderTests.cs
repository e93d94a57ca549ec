using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using PandoraSync.Transport;
using Xunit;

namespace PandoraSync.Tests.Transport;

public sealed class BackgroundSenderTests
{
    private readonly List<string> _written = [];
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task What_is_queued_while_something_leaves_leaves_after_it_in_order()
    {
        var ahead = new BackgroundSender(WriteAsync);
        Queue(ahead, "a");
        ahead.Begin();
        Queue(ahead, "b");
        ahead.Begin();
        Queue(ahead, "c");
        ahead.Begin();
        Assert.Equal(["a"], _written);
        _first.SetResult();
        await Eventually.Ends(ahead.CompleteAsync(), "the writes");
        Assert.Equal("abc", string.Concat(_written));
    }

    [Fact]
    public async Task It_is_complete_only_when_the_last_write_has_ended()
    {
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writes = new Queue<Task>([_first.Task, second.Task]);
        var ahead = new BackgroundSender(bytes =>
        {
            _ = WriteAsync(bytes);
            return writes.Dequeue();
        });
        Queue(ahead, "a");
        ahead.Begin();
        Queue(ahead, "b");
        ahead.Begin();
        var complete = ahead.CompleteAsync();
        _first.SetResult();
        await Eventually.BecomesTrue(() => writes.Count == 0, "the second write has begun");
        Assert.False(complete.IsCompleted);
        second.SetResult();
        await Eventually.Ends(complete, "the writes");
    }

    [Fact]
    public async Task It_can_be_used_again_and_again()
    {
        _first.SetResult();
        var ahead = new BackgroundSender(WriteAsync);
        foreach (var n in Enumerable.Range(0, 100))
        {
            Queue(ahead, $"{n} ");
            ahead.Begin();
            await Eventually.Ends(ahead.CompleteAsync(), "the write");
        }

        Assert.Equal(string.Concat(Enumerable.Range(0, 100).Select(n => $"{n} ")), string.Concat(_written));
    }

    [Fact]
    public async Task Lines_that_are_kept_apart_leave_one_by_one_each_after_its_wait()
    {
        _first.SetResult();
        var ahead = new BackgroundSender(WriteAsync, () => WriteAsync(new ArraySegment<byte>("|"u8.ToArray())));
        Queue(ahead, "a\nb\n");
        Queue(ahead, "c\n");
        ahead.Begin();
        await Eventually.Ends(ahead.CompleteAsync(), "the writes");
        Assert.Equal(["|", "a\n", "|", "b\n", "|", "c\n"], _written);
    }

    private static void Queue(BackgroundSender ahead, string text) => ahead.Queue(Encoding.ASCII.GetBytes(text));

    private Task WriteAsync(ArraySegment<byte> bytes)
    {
        _written.Add(Encoding.ASCII.GetString(bytes.Array!, bytes.Offset, bytes.Count));
        return _first.Task;
    }
}
