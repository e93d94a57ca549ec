using System;
using System.Diagnostics;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.TestSupport;

namespace PandoraSync.Bench;

/// <summary>What the protocol's plain values cost: time and allocated memory for each line and each listed name.</summary>
internal static class ParserRuns
{
    private const string Allocated = "allocated for each";
    private const int Batch = 10_000;

    public static Comparison Compare(Scale scale)
    {
        var batches = scale.Pick(5, 50);
        var listing = new ArraySegment<byte>(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, Batch).Select(i => AgentData.Make(i, AgentData.LeastBytes).Name + "\n"))));
        var line = Encoding.ASCII.GetBytes("RECV SIZE 4096\n");
        var reply = new ArraySegment<byte>(line, 0, line.Length - 1);
        return new Comparison("micro", "Cut lines, read replies, read listed names, on one thread", "items",
        [
            new Contender("FrameBuffer: a line", () => MeasureAsync(batches, () => Cut(line))),
            new Contender("TentacleReply: an answer", () => MeasureAsync(batches, () => Parse(reply))),
            new Contender("ListingParser: a name", () => MeasureAsync(batches, () => List(listing))),
        ]);
    }

    private static Task<Outcome> MeasureAsync(int batches, Action batch) => Task.Run(() =>
    {
        batch();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < batches; i++)
            batch();
        var seconds = clock.Elapsed.TotalSeconds;
        var count = (double)batches * Batch;
        return new Outcome(count / seconds, [new Figure(Allocated, "bytes", (GC.GetAllocatedBytesForCurrentThread() - before) / count)]);
    });

    private static void Cut(byte[] line)
    {
        var frames = new FrameBuffer();
        for (var i = 0; i < Batch; i++)
        {
            var free = frames.Free(line.Length);
            line.CopyTo(free.Array!, free.Offset);
            frames.Filled(line.Length);
            if (!frames.TryTakeLine(out var taken) || taken.Count != line.Length - 1)
                throw new BenchFailedException("The line did not come out as it went in.");
        }
    }

    private static void Parse(ArraySegment<byte> line)
    {
        for (var i = 0; i < Batch; i++)
        {
            if (TentacleReply.Parse(line)?.Size != 4096)
                throw new BenchFailedException("The answer was not understood.");
        }
    }

    private static void List(ArraySegment<byte> listing)
    {
        var parser = new ListingParser();
        parser.Feed(listing);
        if (parser.Complete().Count != Batch)
            throw new BenchFailedException("Names are missing.");
    }
}
