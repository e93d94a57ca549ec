using System;
using System.Globalization;
using System.Text;
using PandoraSync.Protocol;
using PandoraSync.Sync.Drain;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Sync;

/// <summary>A site whose buffer nobody has emptied for months.</summary>
[Collection(MeasuredAlone.Name)]
public sealed class ManyNamesTests
{
    private const int Names = 1_000_000;

    [Fact]
    public void A_listing_of_a_million_names_is_put_in_order_and_given_out_in_little_memory()
    {
        var before = MeasuredAlone.HeapBytes();
        var names = new NameTable();
        var parser = new ListingParser(names.Add);
        for (var i = 0; i < Names; i += 1000)
            parser.Feed(Thousand(i));
        parser.Complete();
        var parsed = MeasuredAlone.HeapBytes() - before;
        var queue = new DrainQueue([], names, static listed => listed.UnsafeReason is null);
        var queued = MeasuredAlone.HeapBytes() - before;
        Assert.Equal(Names, queue.Total);
        var latest = 0L;
        for (var i = 0; i < Names; i++)
        {
            Assert.True(AgentDataName.TryGetEpoch(queue.Take()!.Name, out var epoch));
            if (epoch < latest)
                Assert.Fail($"{epoch} was given out after {latest}.");
            latest = epoch;
        }

        Assert.Null(queue.Take());

        // The names themselves are 49 MB; as text in a list and a queue they were 250.
        Assert.InRange(parsed, 0, 80_000_000);
        Assert.InRange(queued, 0, 100_000_000);
    }

    /// <summary>A thousand lines as long as agents' are, in no order.</summary>
    private static ArraySegment<byte> Thousand(int from)
    {
        var lines = new StringBuilder();
        for (var i = from; i < from + 1000; i++)
            lines.Append((i * 2654435761L).ToString("x32", CultureInfo.InvariantCulture)).Append('.').Append(1_700_000_000 + (i * 7919L % 50_000)).Append(".data\n");
        return new ArraySegment<byte>(Encoding.ASCII.GetBytes(lines.ToString()));
    }
}
