using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Server.Access;
using PandoraSync.Sync;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Server;

/// <summary>Places at a server that are taken back from those who do nothing with them.</summary>
public sealed class TakenPlacesTests
{
    private static readonly IPAddress First = IPAddress.Parse("127.0.0.2");
    private static readonly IPAddress Second = IPAddress.Parse("127.0.0.3");
    private static readonly TimeSpan Question = TimeSpan.FromSeconds(0.3);

    [Theory]
    [InlineData(100, 90, 10)]
    [InlineData(10, 9, 1)]
    [InlineData(10, 10, 0)]
    public async Task Review08_addresses_that_hold_all_places_with_questions_do_not_lock_out_another(int places, int ofFirst, int ofSecond)
    {
        using var ours = new OurServer(o => o with { MaxConnections = places, MaxConnectionsPerAddress = Math.Max(ofFirst, 1), Timeout = TimeSpan.FromSeconds(30) });
        using var over = new CancellationTokenSource();
        var hostile = Enumerable.Range(0, places).Select(n => AskForEverAsync(ours.Port, n < ofFirst ? First : Second, over.Token)).ToArray();
        await Eventually.BecomesTrue(() => ours.Server.Counters.Connections == places && ours.Server.Counters.TotalConnections == places, "all places are held");
        Assert.Equal(places, ofFirst + ofSecond);
        for (var i = 0; i < 3; i++)
        {
            var file = AgentData.Make(i, 2000);
            using var honest = new PlainClient(ours.Port, timeout: TimeSpan.FromSeconds(20));
            Assert.Equal("SEND OK", await Eventually.Ends(Task.Run(() => honest.Send(file.Name, file.Content)), "the honest agent is served"));
        }

        Assert.Contains(ours.Log, e => e.Text.Contains("held a place without doing anything useful while others waited", StringComparison.Ordinal));
        await over.CancelAsync();
        await Task.WhenAll(hostile);
    }

    [Fact]
    public async Task Review08_wrong_passwords_and_silence_hold_no_places_either()
    {
        using var ours = new OurServer(o => o with { MaxConnections = 4, MaxConnectionsPerAddress = 4, Timeout = TimeSpan.FromSeconds(30), Password = TentaclePassword.FromText("sesame") });
        for (var i = 0; i < 8; i++)
        {
            // From now on each wrong one waits for seconds.
            using var guess = new PlainClient(ours.Port, from: First);
            guess.Say("PASS 00000000000000000000000000000000\n");
        }

        await Eventually.BecomesTrue(() => ours.Server.Counters.Errors >= 2, "two guesses are noted");
        var silent = Enumerable.Range(0, 2).Select(_ => new PlainClient(ours.Port, from: First)).ToArray();
        using var honest = new PlainClient(ours.Port);
        Assert.True(await Eventually.Ends(Task.Run(() => honest.Pass("sesame")), "the honest one is let in"));
        foreach (var client in silent)
            client.Dispose();
    }

    [Fact]
    public async Task Review08_transfers_that_move_are_not_cut_while_others_wait()
    {
        // All places but one are held by one address that takes and gives content slowly, as over a poor line, and the last by a question that is repeated.
        const int Bytes = 60_000;
        using var ours = new OurServer(o => o with { MaxConnections = 4, MaxConnectionsPerAddress = 4, Timeout = TimeSpan.FromSeconds(30) });
        ours.Buffer.Write("big.1.data", AgentData.Noise(1, Bytes));
        using var over = new CancellationTokenSource();
        var sending = Enumerable.Range(0, 2).Select(n => Task.Run(() => SendSlowly(ours.Port, $"slow{n}.1.data", AgentData.Noise(n, Bytes)))).ToArray();
        var taking = Task.Run(() => TakeSlowly(ours.Port, "big.1.data", Bytes));
        await Eventually.BecomesTrue(() => ours.Server.Counters.Connections == 3, "three are served");
        var asking = AskForEverAsync(ours.Port, First, over.Token);
        await Eventually.BecomesTrue(() => ours.Server.Counters.Connections == 4, "all places are held");
        for (var i = 0; sending.Any(s => !s.IsCompleted) || !taking.IsCompleted; i++)
        {
            var file = AgentData.Make(i, 2000);
            using var honest = new PlainClient(ours.Port, from: Second);
            Assert.Equal("SEND OK", await Eventually.Ends(Task.Run(() => honest.Send(file.Name, file.Content)), "another agent is served"));
        }

        foreach (var s in sending)
            Assert.Equal("SEND OK", await s);
        Assert.Equal(AgentData.Noise(1, Bytes), await taking);
        await over.CancelAsync();
        await asking;
    }

    [Fact]
    public async Task Review08_a_drain_is_not_cut_while_agents_wait_for_places_that_strangers_hold()
    {
        const int Files = 400;
        using var ours = new OurServer(o => o with { MaxConnections = 20, MaxConnectionsPerAddress = 18, Timeout = TimeSpan.FromSeconds(30) });
        using var over = new CancellationTokenSource();
        var hostile = Enumerable.Range(0, 18).Select(_ => AskForEverAsync(ours.Port, First, over.Token)).ToArray();
        var files = AgentData.MakeMany(Files, 20_000);
        foreach (var file in files)
            ours.Put(file);
        using var target = new SyncTarget();
        var draining = target.DrainAsync(new SyncSite(ours.Client));
        for (var i = 0; !draining.IsCompleted; i++)
        {
            using var honest = new PlainClient(ours.Port, from: Second);
            Assert.Equal("RECV ERR (file does not exist)", await Eventually.Ends(Task.Run(() => honest.Ask("RECV <x>")), "another is served"));
        }

        var result = await draining;
        Assert.True(result.Succeeded, result.ToString());
        target.HasExactly(files);
        Assert.DoesNotContain(ours.Log, e => e.Text.StartsWith("127.0.0.1:", StringComparison.Ordinal) && e.Text.Contains("held a place", StringComparison.Ordinal));
        await over.CancelAsync();
        await Task.WhenAll(hostile);
    }

    [Fact]
    public async Task Review08_a_place_is_taken_from_the_address_that_holds_most_and_given_to_the_one_that_waits()
    {
        var now = TimeSpan.Zero;
        using var places = new ConnectionLimiter(places: 4, perAddress: 3, mostWaiting: 100, longestUseless: TimeSpan.FromSeconds(8), elapsed: () => now);
        var (many, few, none) = (IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"), IPAddress.Parse("192.0.2.3"));
        var held = new List<ConnectionPlace>();
        foreach (var key in new[] { many, many, many, few })
            held.Add((await places.AcquireAsync(key))!);
        var more = places.AcquireAsync(many);
        var other = places.AcquireAsync(none);
        Assert.DoesNotContain(held, p => p.IsTakenBack);

        // The first has done something useful, the second is working for its client, the third has done nothing.
        now = TimeSpan.FromSeconds(0.9);
        held[0].Credit.Moved(5000);
        held[1].Credit.BeginWork();
        now = TimeSpan.FromSeconds(1.1);
        places.TakeBack();
        Assert.Equal([false, false, true, false], held.Select(p => p.IsTakenBack));
        places.Release(held[2]);
        Assert.NotNull(await Eventually.Ends(other, "the one that waited has it"));
        Assert.False(more.IsCompleted);

        // An address that holds one place keeps it for longer, but not for ever.
        var last = places.AcquireAsync(IPAddress.Parse("192.0.2.4"));
        now = TimeSpan.FromSeconds(8.9);
        held[0].Credit.Moved(5000);
        places.TakeBack();
        Assert.False(held[3].IsTakenBack);
        now = TimeSpan.FromSeconds(9.1);
        places.TakeBack();
        Assert.True(held[3].IsTakenBack);
        places.Release(held[3]);
        Assert.NotNull(await Eventually.Ends(last, "the last has a place"));
        places.Close();
    }

    private static async Task AskForEverAsync(int port, IPAddress from, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            try
            {
                using var client = new PlainClient(port, from: from);
                while (!over.IsCancellationRequested)
                {
                    client.Say("RECV <x>\n");
                    await Task.Delay(Question, over);
                }
            }
            catch (Exception e) when (e is System.Net.Sockets.SocketException or OperationCanceledException)
            {
                // The server has had enough, or the test; this one comes again.
            }
        }
    }

    private static string? SendSlowly(int port, string name, byte[] content)
    {
        using var client = new PlainClient(port);
        Assert.Equal("SEND OK", client.Ask($"SEND <{name}> SIZE {content.Length}"));
        foreach (var piece in content.Chunk(2000))
        {
            client.Say(piece);
            Thread.Sleep(100);
        }

        return client.ReadLine();
    }

    private static byte[] TakeSlowly(int port, string name, int bytes)
    {
        using var client = new PlainClient(port, receiveBufferBytes: 8192);
        Assert.Equal($"RECV SIZE {bytes}", client.Ask($"RECV <{name}>"));
        client.Say("RECV OK\n");
        var content = new List<byte>();
        while (content.Count < bytes)
        {
            content.AddRange(client.ReadBytes(Math.Min(2000, bytes - content.Count)));
            Thread.Sleep(100);
        }

        return [.. content];
    }
}
