using System;
using System.Linq;
using System.Text;
using PandoraSync.Protocol;
using Xunit;

namespace PandoraSync.Tests.Protocol;

public class FrameBufferTests
{
    [Fact]
    public void A_line_that_is_one_byte_short_is_no_line_yet()
    {
        var buffer = new FrameBuffer();
        var line = Encoding.ASCII.GetBytes("LS SIZE 5\n");
        foreach (var b in line.Take(line.Length - 1))
        {
            Put(buffer, [b]);
            Assert.False(buffer.TryTakeLine(out _));
        }

        Put(buffer, [(byte)'\n']);
        Assert.Equal("LS SIZE 5", TakeLine(buffer));
        Assert.Equal(0, buffer.Count);
    }

    [Fact]
    public void The_byte_after_a_line_stays_for_whoever_comes_next()
    {
        var buffer = new FrameBuffer();
        Put(buffer, Encoding.ASCII.GetBytes("MV SIZE 1\nx"));
        Assert.Equal("MV SIZE 1", TakeLine(buffer));
        Assert.Equal(1, buffer.Count);
        Assert.Equal("x", Text(buffer.TakeContent(10)));
        Assert.Equal(0, buffer.Count);
    }

    [Fact]
    public void Two_lines_in_one_piece_are_two_lines()
    {
        var buffer = new FrameBuffer();
        Put(buffer, Encoding.ASCII.GetBytes("one\ntwo\n"));
        Assert.Equal("one", TakeLine(buffer));
        Assert.Equal("two", TakeLine(buffer));
        Assert.False(buffer.TryTakeLine(out _));
    }

    [Fact]
    public void An_empty_line_is_a_line()
    {
        var buffer = new FrameBuffer();
        Put(buffer, [(byte)'\n']);
        Assert.Equal(string.Empty, TakeLine(buffer));
    }

    [Fact]
    public void A_line_of_exactly_the_bound_passes()
    {
        var buffer = new FrameBuffer();
        Put(buffer, Encoding.ASCII.GetBytes(new string('a', TentacleLimits.MaxLineBytes - 1) + "\n"));
        Assert.Equal(TentacleLimits.MaxLineBytes - 1, TakeLine(buffer).Length);
    }

    [Fact]
    public void A_line_without_end_is_refused_at_the_bound_and_not_a_byte_before()
    {
        var buffer = new FrameBuffer();
        Put(buffer, Encoding.ASCII.GetBytes(new string('a', TentacleLimits.MaxLineBytes - 1)));
        Assert.False(buffer.TryTakeLine(out _));
        Put(buffer, [(byte)'a']);
        var error = Assert.Throws<TentacleException>(() => buffer.TryTakeLine(out _));
        Assert.Equal(TentacleErrorKind.Protocol, error.Kind);
    }

    [Fact]
    public void A_late_line_end_does_not_save_a_line_that_is_one_byte_too_long()
    {
        var buffer = new FrameBuffer();
        Put(buffer, Encoding.ASCII.GetBytes(new string('a', TentacleLimits.MaxLineBytes) + "\n"));
        Assert.Throws<TentacleException>(() => buffer.TryTakeLine(out _));
    }

    [Fact]
    public void Content_is_never_more_than_was_asked_for()
    {
        var buffer = new FrameBuffer();
        Put(buffer, Encoding.ASCII.GetBytes("abcdef"));
        Assert.Equal("abcd", Text(buffer.TakeContent(4)));
        Assert.Equal("ef", Text(buffer.TakeContent(long.MaxValue)));
        Assert.Equal(0, buffer.TakeContent(4).Count);
    }

    [Fact]
    public void It_grows_and_keeps_what_it_had()
    {
        var buffer = new FrameBuffer(4);
        Put(buffer, Encoding.ASCII.GetBytes("x\nabc"));
        Assert.Equal("x", TakeLine(buffer));
        Put(buffer, Encoding.ASCII.GetBytes(new string('d', 5000)));
        Assert.Equal("abc" + new string('d', 5000), Text(buffer.TakeContent(10_000)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void It_cannot_be_told_that_it_holds_what_it_has_no_room_for(int bytes)
    {
        var buffer = new FrameBuffer();
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(bytes));
    }

    private static void Put(FrameBuffer buffer, byte[] bytes)
    {
        var space = buffer.GetMemory(bytes.Length);
        Assert.True(space.Count >= bytes.Length);
        bytes.CopyTo(space.Array!, space.Offset);
        buffer.Advance(bytes.Length);
    }

    private static string TakeLine(FrameBuffer buffer)
    {
        Assert.True(buffer.TryTakeLine(out var line));
        return Text(line);
    }

    private static string Text(ArraySegment<byte> bytes) => Encoding.ASCII.GetString(bytes.Array!, bytes.Offset, bytes.Count);
}
