using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.TestSupport;

namespace PandoraSync.Bench;

/// <summary>Debian's client sending to our server, and to one that reads as an ordinary program does.</summary>
internal static class SendRuns
{
    private const string Late = "XML by lines, to a server that acknowledges late";
    private const string Ours = "XML by lines, to our server (flushed)";
    private const string LateNoise = "bytes without meaning, to a server that acknowledges late";
    private const string OursNoise = "bytes without meaning, to our server (flushed)";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public static Comparison Compare(Scale scale)
    {
        var (few, count) = (scale.Pick(20, 60), scale.Pick(100, 500));
        return new Comparison("send", $"Debian's tentacle_client sends {count} files of 4 KB in one run", "files",
        [
            Contender(Late, () => ToStockAsync(AgentData.MakeMany(few))),
            Contender(Ours, () => ToOursAsync(AgentData.MakeMany(count))),
            Contender(LateNoise, () => ToStockAsync(MakeNoise(few))),
            Contender(OursNoise, () => ToOursAsync(MakeNoise(count))),
        ])
        {
            Goals = [Goal.Ratio(Ours, Late, 50), Goal.Ratio(OursNoise, LateNoise, 50)],
            Notes =
            [
                "The run of the program is measured from its start to its end, Perl's start included. The slow server gets fewer files, since each costs it the same time; our server has each file on disk before it confirms, the other has not.",
                "Debian's client writes a file piece by piece, each up to the next LF, and asks the system before each whether it may: the 120 short lines of an agent's XML cost it more than the flush costs our server, bytes without meaning have 16 of them.",
            ],
        };
    }

    private static Contender Contender(string name, Func<Task<double>> run) =>
        new(name, run) { WhyMissing = RealPrograms.TentacleClient.WhyMissing };

    private static AgentData[] MakeNoise(int count) => [.. AgentData.MakeMany(count).Select((f, i) => f with { Content = AgentData.Noise(i, f.Content.Length) })];

    private static async Task<double> ToStockAsync(AgentData[] files)
    {
        using var server = new StockServer();
        var rate = await RunAsync(server.Port, files);
        AgentFiles.Check(server.Folder, files);
        return rate;
    }

    private static async Task<double> ToOursAsync(AgentData[] files)
    {
        using var buffer = new OurBuffer([]);
        var rate = await RunAsync(buffer.EndPoint.Port, files);
        AgentFiles.Check(buffer.Path, files);
        return rate;
    }

    private static async Task<double> RunAsync(int port, AgentData[] files)
    {
        using var folder = new TempFolder();
        AgentFiles.Fill(folder, files);
        var clock = Stopwatch.StartNew();
        var result = await RealPrograms.TentacleClient.RunAsync(["-a", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), .. files.Select(f => folder[f.Name])], limit: Limit);
        var seconds = clock.Elapsed.TotalSeconds;
        return result.ExitCode == 0 ? files.Length / seconds : throw new BenchFailedException(result.ToString());
    }
}
