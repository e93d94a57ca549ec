using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Server;
using PandoraSync.Server.Access;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Server;

/// <summary>Clients that are slow, silent or too many do not shut the others out.</summary>
public sealed class CrowdTests
{
    private static readonly IPAddress Greedy = IPAddress.Parse("127.0.0.2");

    [Fact]
    public void One_address_that_holds_its_connections_leaves_a_place_to_the_others()
    {
        using var ours = new OurServer(o => o with { MaxConnections = 4, Timeout = TimeSpan.FromMinutes(1) });
        var greedy = Enumerable.Range(0, 8).Select(_ => new PlainClient(ours.Port, from: Greedy)).ToArray();
        try
        {
            for (var i = 0; i < 3; i++)
                Assert.Equal("RECV ERR (file does not exist)", greedy[i].Ask("RECV <x>"));
            using var honest = new PlainClient(ours.Port);
            Assert.Equal("SEND OK", honest.Send("a.1.data", [1, 2, 3]));
        }
        finally
        {
            foreach (var client in greedy)
                client.Dispose();
        }
    }

    [Fact]
    public async Task Free_places_go_round_the_addresses_that_wait()
    {
        using var places = new ConnectionLimiter(places: 2, perAddress: 2, mostWaiting: 100);
        var (one, two) = (IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"));
        var (first, second) = (await places.AcquireAsync(one), await places.AcquireAsync(one));
        var ones = Enumerable.Range(0, 3).Select(_ => places.AcquireAsync(one)).ToArray();
        var twos = Enumerable.Range(0, 2).Select(_ => places.AcquireAsync(two)).ToArray();
        places.Release(first!);
        Assert.True(ones[0].IsCompletedSuccessfully);
        places.Release(second!);
        Assert.True(twos[0].IsCompletedSuccessfully);
        places.Release((await twos[0])!);
        Assert.True(ones[1].IsCompletedSuccessfully);
        Assert.False(ones[2].IsCompleted || twos[1].IsCompleted);
        places.Close();
        Assert.Null(await ones[2]);
        Assert.Null(await twos[1]);
        Assert.Null(await places.AcquireAsync(two));
    }

    [Fact]
    public async Task A_full_waiting_room_turns_away_and_keeps_room_for_other_addresses()
    {
        using var places = new ConnectionLimiter(places: 1, perAddress: 1, mostWaiting: 8);
        var (one, two) = (IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"));
        var held = (await places.AcquireAsync(one))!;
        var waiting = Enumerable.Range(0, 7).Select(_ => places.AcquireAsync(one)).ToArray();
        Assert.DoesNotContain(waiting, w => w.IsCompleted);
        Assert.Null(await places.AcquireAsync(one));
        var other = places.AcquireAsync(two);
        Assert.False(other.IsCompleted);
        Assert.Null(await places.AcquireAsync(IPAddress.Parse("192.0.2.3")));
        places.Release(held);
        Assert.True(waiting[0].IsCompletedSuccessfully);
        places.Release((await waiting[0])!);
        Assert.True(other.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task The_addresses_of_one_IPv6_network_count_as_one()
    {
        using var places = new ConnectionLimiter(places: 10, perAddress: 1, mostWaiting: 0);
        Assert.NotNull(await places.AcquireAsync(ConnectionLimiter.KeyOf(IPAddress.Parse("2001:db8::1"))));
        Assert.Null(await places.AcquireAsync(ConnectionLimiter.KeyOf(IPAddress.Parse("2001:db8::ffff:2"))));
        Assert.NotNull(await places.AcquireAsync(ConnectionLimiter.KeyOf(IPAddress.Parse("2001:db8:0:1::1"))));
    }

    [Theory]
    [InlineData("SEND <a.1.data> SIZE 100000\n")]
    [InlineData("")]
    public async Task Whoever_sends_a_byte_now_and_then_is_cut_off(string first)
    {
        using var ours = new OurServer(o => o with { Timeout = TimeSpan.FromSeconds(2), RetryCount = 0, MinimumRate = 10_000 });
        using var client = new PlainClient(ours.Port);
        client.Say(first);
        await Eventually.Ends(Task.Run(() => Dribble(client)), "the server has enough");
        await Eventually.BecomesTrue(() => ours.Log.Any(e => e.Text.Contains("was too slow", StringComparison.Ordinal)), "it says why");
        Assert.Empty(ours.Buffer.FileNames());
    }

    [Fact]
    public async Task Whoever_takes_a_byte_now_and_then_is_cut_off()
    {
        using var ours = new OurServer(o => o with { Timeout = TimeSpan.FromSeconds(0.3), RetryCount = 0, MinimumRate = 1_000_000 });
        ours.Buffer.Write("a.1.data", new byte[20_000_000]);
        using var client = new PlainClient(ours.Port);
        Assert.Equal("RECV SIZE 20000000", client.Ask("RECV <a.1.data>"));
        client.Say("RECV OK\n");
        await Eventually.BecomesTrue(() => ours.Log.Any(e => e.Level == TentacleLogLevel.Error), "the server has enough");
        await Eventually.BecomesTrue(() => ours.Server.Counters.Connections == 0, "the connection is gone");
    }

    [Fact]
    public async Task A_slow_line_that_keeps_moving_is_not_cut_off()
    {
        const int bytes = 600_000;
        using var ours = new OurServer(o => o with { Timeout = TimeSpan.FromSeconds(2), RetryCount = 0 });
        ours.Buffer.Write("a.1.data", AgentData.Noise(1, bytes));
        using var client = new PlainClient(ours.Port, receiveBufferBytes: 8192);
        Assert.Equal($"RECV SIZE {bytes}", client.Ask("RECV <a.1.data>"));
        client.Say("RECV OK\n");

        // What the server has written takes longer than its time-out to arrive, but the line is never silent for so long.
        var content = await Eventually.Ends(Task.Run(() => TakeSlowly(client, bytes)), "the content", TimeSpan.FromSeconds(60));
        Assert.Null(client.Ask("QUIT"));
        Assert.Equal(AgentData.Noise(1, bytes), content);
    }

    private static byte[] TakeSlowly(PlainClient client, int bytes)
    {
        var content = new List<byte>();
        while (content.Count < bytes)
        {
            content.AddRange(client.ReadBytes(Math.Min(6000, bytes - content.Count)));
            Thread.Sleep(60);
        }

        return [.. content];
    }

    private static void Dribble(PlainClient client)
    {
        try
        {
            while (true)
            {
                client.Say([(byte)'x']);
                Thread.Sleep(20);
            }
        }
        catch (System.Net.Sockets.SocketException)
        {
            // Cut off.
        }
    }
}
