using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.TestSupport;

namespace PandoraSync.Bench;

/// <summary>Debian's client sending to our server, and to one that reads as an ordinary program does.</summary>
internal static class SendRuns
{
    private const string Late = "tentacle_client to a server that acknowledges late";
    private const string Ours = "tentacle_client to our server (flushed)";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    public static Comparison Compare(Scale scale)
    {
        var count = scale.Pick(100, 500);
        return new Comparison("send", $"Debian's tentacle_client sends {count} files of 4 KB in one run", "files",
        [
            new Contender(Late, () => ToStockAsync(scale.Pick(20, 60))) { WhyMissing = RealPrograms.TentacleClient.WhyMissing },
            new Contender(Ours, () => ToOursAsync(count)) { WhyMissing = RealPrograms.TentacleClient.WhyMissing },
        ])
        {
            Goals = [Goal.Ratio(Ours, Late, 50)],
            Notes = ["The run of the program is measured from its start to its end, Perl's start included. The slow server gets fewer files, since each costs it the same time; our server has each file on disk before it confirms, the other has not.", "Debian's client writes a file line by line, and asks the system before each line whether it may: an agent's XML of some eighty lines costs it about as much as the flush costs our server."],
        };
    }

    private static async Task<double> ToStockAsync(int count)
    {
        var files = AgentData.MakeMany(count);
        using var server = new StockServer();
        var rate = await RunAsync(server.Port, files);
        AgentFiles.Check(server.Folder, files);
        return rate;
    }

    private static async Task<double> ToOursAsync(int count)
    {
        var files = AgentData.MakeMany(count);
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
