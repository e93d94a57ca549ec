using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using PandoraSync.TestSupport;

namespace PandoraSync.Bench;

/// <summary>Buffers of ten thousand, a hundred thousand and a million small files: neither memory nor rate may depend on how much has piled up.</summary>
internal static class MillionRuns
{
    private const string ClientPeak = "peak memory of the sync server";
    private const string ServerPeak = "peak memory of the buffer's server";
    private const int FileBytes = 500;
    private const int Sampled = 100;

    public static Comparison Compare(Scale scale)
    {
        var most = scale.MostFiles ?? (scale.IsShort ? 2_000 : 1_000_000);
        var counts = new[] { most / 100, most / 10, most }.Select(c => Math.Max(c, 10)).ToArray();
        var names = counts.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c:#,##0} files")).ToArray();
        return new Comparison("million", $"Drain {most:#,##0} files of {FileBytes} bytes from our server in the default way", "files",
            [.. counts.Select((c, i) => new Contender(names[i], () => RunAsync(c, showsTenths: i == counts.Length - 1)))])
        {
            MostRounds = 1,
            IsPartial = scale.MostFiles is not null,
            Goals =
            [
                Goal.Below(names[2], ClientPeak, 300, "MB"),
                Goal.Below(names[2], ServerPeak, 300, "MB"),
                Goal.Ratio(names[2], names[0], 0.8),
                new Goal($"{names[2]}: the second half of the run at least 0.8 x as fast as the first", SecondHalf, 0.8, "x", IsMost: false),
            ],
            Notes = ["The rate of each tenth of the run shows whether it falls while a buffer is drained. Starting, listing and the first connections are part of the first tenth."],
        };

        double? SecondHalf(ComparisonResult result)
        {
            var times = result.More.Where(m => string.Equals(m.Contender, names[2], StringComparison.Ordinal) && m.What.StartsWith("tenth ", StringComparison.Ordinal)).Select(m => 1 / m.Median).ToArray();
            return times.Length == 0 ? null : times.Take(5).Sum() / times.Skip(5).Sum();
        }
    }

    private static async Task<Outcome> RunAsync(int count, bool showsTenths)
    {
        using var buffer = new TempFolder();
        using var incoming = new TempFolder();
        using var settings = new TempFolder();
        for (var i = 0; i < count; i++)
            await File.WriteAllBytesAsync(buffer[NameOf(i)], ContentOf(i));

        // What has been written here is not to be flushed by the drain.
        if (Peers.Sync.WhyMissing is null)
            await Peers.Sync.RunAsync([], limit: TimeSpan.FromMinutes(10));
        await using var server = new WorkerProcess(ServerWork.Serve, $"folder={buffer.Path}", "connections=100");
        var list = settings.Write("sites", (await server.ReadAsync<ServerReport>(TimeSpan.FromMinutes(2))).Endpoints[0]);
        await using var drain = new WorkerProcess(DrainWork.Word, $"incoming={incoming.Path}", $"sites={list}", "parallel=1", string.Create(CultureInfo.InvariantCulture, $"files={count}"));
        var report = await drain.ReadAsync<DrainReport>(DrainWork.Limit);
        if (report.Failure is { } failure)
            throw new BenchFailedException(failure);
        Check(incoming.Path, count);
        AgentFiles.CheckGone(buffer.Path);
        return new Outcome(count / report.Seconds,
        [
            new Figure(ClientPeak, "MB", report.PeakMegabytes),
            new Figure(ServerPeak, "MB", ProcessMemory.Peak(server.Id)),
            .. showsTenths ? Tenths(report, count) : [],
        ]);
    }

    private static IEnumerable<Figure> Tenths(DrainReport report, int count)
    {
        var from = 0.0;
        for (var i = 0; i < report.Tenths.Count; i++)
        {
            yield return new Figure(string.Create(CultureInfo.InvariantCulture, $"tenth {i + 1}"), "files/s", count / 10.0 / Math.Max(report.Tenths[i] - from, 1e-6));
            from = report.Tenths[i];
        }
    }

    private static void Check(string folder, int count)
    {
        var arrived = Directory.EnumerateFiles(folder).Count();
        if (arrived != count)
            throw new BenchFailedException($"{arrived} of {count} files have arrived.");
        for (var i = 0; i < count; i += Math.Max(1, count / Sampled))
        {
            if (!File.ReadAllBytes(Path.Combine(folder, NameOf(i))).AsSpan().SequenceEqual(ContentOf(i)))
                throw new BenchFailedException($"{NameOf(i)} has arrived with other content.");
        }
    }

    // As agents name them; spread over the alphabet, for a folder's index sorts by a hash anyway.
    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{(uint)number * 2654435761u:x8}{number:x24}.{AgentData.FirstEpoch + number}.data");

    private static byte[] ContentOf(int number) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"<agent_data agent_name='node-{number}'>\n<module><name>up</name><type>generic_proc</type><data>1</data></module>\n").PadRight(FileBytes - 14) + "</agent_data>\n");
}
