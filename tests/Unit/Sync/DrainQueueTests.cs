using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using CsCheck;
using PandoraSync.Protocol;
using PandoraSync.Sync.Drain;
using PandoraSync.Sync.Staging;
using Xunit;

namespace PandoraSync.Tests.Sync;

/// <summary>The queue of one site: oldest first, each once, and small however long the listing is.</summary>
public sealed class DrainQueueTests
{
    // Neighbours in one of the two orders that are none in the other: UTF-8 puts U+FB01 before U+10000, UTF-16 behind it.
    private static readonly string[] Characters = ["a", "b", "B", "z", ".", "-", "\u00E4", "\u07FF", "\u0800", "\u6F22", "\uD7FF", "\uE000", "\uFB01", "\uFFFC", "\U00010000", "\U0001F600", "\U0010FFFF"];

    private static readonly Gen<string> Stem = Gen.Int[0, Characters.Length - 1].Array[1, 12].Select(indices => string.Concat(indices.Select(i => Characters[i])));

    private static readonly Gen<string> Name = Gen.Frequency(
        (3, Gen.Select(Stem, Gen.Int[1, 5], (stem, epoch) => $"{stem}.{epoch}.data")),
        (1, Gen.Select(Stem, Gen.Long[1, long.MaxValue], (stem, epoch) => $"{stem}_{epoch}.data")),
        (1, Stem.Select(stem => stem + "x")),
        (1, Gen.Int[200, 255].Select(length => new string('x', length))));

    [Fact]
    public void The_order_is_that_of_the_time_in_the_name_and_then_that_of_the_characters()
    {
        Name.Array[0, 600].Sample(
            names =>
            {
                var expected = names.Distinct(StringComparer.Ordinal).OrderBy(n => AgentDataName.TryGetEpoch(n, out var epoch) ? epoch : long.MaxValue).ThenBy(n => n, StringComparer.Ordinal).ToArray();
                var queue = new DrainQueue([], TableOf(names), static _ => true);
                Assert.Equal(expected.Length, queue.Total);
                Assert.Equal(expected, TakeAll(queue));
                Assert.True(queue.IsEmpty);
            },
            iter: 300);
    }

    [Fact]
    public void What_is_not_wanted_is_asked_about_once_in_the_listings_order_and_not_given_out()
    {
        var asked = new List<string>();
        var queue = new DrainQueue([], TableOf(["c|d", "b.2.data", "a|b", "a.1.data"]), listed =>
        {
            asked.Add(listed.Name);
            return listed.UnsafeReason is null;
        });
        Assert.Equal(["c|d", "b.2.data", "a|b", "a.1.data"], asked);
        Assert.Equal(2, queue.Total);
        Assert.Equal(["a.1.data", "b.2.data"], TakeAll(queue));
    }

    [Fact]
    public void What_an_earlier_run_began_comes_first_and_only_once()
    {
        var begun = new StagedFile("c.3.data", "somewhere", 1);
        var queue = new DrainQueue([begun], TableOf(["b.2.data", "c.3.data", "a.1.data"]), static _ => true);
        Assert.Equal(3, queue.Total);
        Assert.Same(begun, queue.Take()!.Staged);
        Assert.Equal(["a.1.data", "b.2.data"], TakeAll(queue));
    }

    [Fact]
    public void A_name_that_is_listed_twice_is_given_out_once() =>
        Assert.Equal(["a.1.data", "b.1.data"], TakeAll(new DrainQueue([], TableOf(["a.1.data", "b.1.data", "a.1.data"]), static _ => true)));

    [Fact]
    public async Task Several_connections_get_each_name_once()
    {
        var names = Enumerable.Range(0, 50_000).Select(i => $"agent.{i + 1}.data").ToArray();
        var queue = new DrainQueue([], TableOf(names), static _ => true);
        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => TakeAll(queue), TestContext.Current.CancellationToken)));
        Assert.All(taken, some => Assert.Equal(some, some.OrderBy(EpochOf)));
        Assert.Equal(names, taken.SelectMany(n => n).OrderBy(EpochOf));
        Assert.Null(queue.Take());
        Assert.True(queue.IsEmpty);
    }

    [Fact]
    public void When_only_staged_files_are_wanted_or_the_run_is_over_fresh_ones_stay()
    {
        var onlyStaged = new DrainQueue([], TableOf(["a.1.data"]), static _ => true);
        onlyStaged.GiveOnlyStaged();
        Assert.True(onlyStaged.IsEmpty);
        Assert.Null(onlyStaged.Take());
        var closed = new DrainQueue([], TableOf(["a.1.data"]), static _ => true);
        closed.Close();
        Assert.True(closed.IsEmpty);
        Assert.Null(closed.Take());
    }

    private static NameTable TableOf(IEnumerable<string> names)
    {
        var table = new NameTable();
        foreach (var name in names)
            table.Add(new ArraySegment<byte>(Encoding.UTF8.GetBytes(name)));
        return table;
    }

    private static List<string> TakeAll(DrainQueue queue)
    {
        var names = new List<string>();
        while (queue.Take() is { } item)
            names.Add(item.Name);
        return names;
    }

    private static long EpochOf(string name) => AgentDataName.TryGetEpoch(name, out var epoch) ? epoch : long.MaxValue;
}
