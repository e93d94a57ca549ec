using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.SystemTests;

/// <summary>
/// Processes that are killed without a warning (SIGKILL) at random moments. PANDORASYNC_KILLS sets how often (2 to 5 each by default), and
/// PANDORASYNC_KILL_SEED which moments.
/// </summary>
public sealed class CrashTests
{
    private const int FilesAtOnce = 600;
    private const int Agents = 4;
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(20);
    private static readonly int Kills = Setting("PANDORASYNC_KILLS", 5);
    private static readonly int Seed = Setting("PANDORASYNC_KILL_SEED", Environment.TickCount & 0xFFFF);

    /// <summary>From where a drain takes its files.</summary>
    public enum Source
    {
        /// <summary>A server of ours.</summary>
        Ours,

        /// <summary>The stock double, over a short plain line: one file at a time.</summary>
        Stock,

        /// <summary>The stock double over TLS, asked ahead.</summary>
        StockOverTls,

        /// <summary>The stock double over a long plain line, asked ahead.</summary>
        StockOverLongLine,
    }

    [Theory]
    [InlineData(Source.Ours, 5)]
    [InlineData(Source.Stock, 2)]
    [InlineData(Source.StockOverTls, 2)]
    [InlineData(Source.StockOverLongLine, 2)]
    public async Task A_drain_that_is_killed_again_and_again_brings_each_file_once(Source source, int defaultKills)
    {
        var kills = Setting("PANDORASYNC_KILLS", defaultKills);
        using var folder = new TempFolder();
        var (buffer, incoming) = (folder.MakeFolder("buffer"), folder.MakeFolder("incoming"));
        using var authority = new TestAuthority("main");
        authority.Write(folder, "ca.pem");
        using var ours = source == Source.Ours ? ShellProcess.Start("-Command", $"Start-TentacleServer '{buffer}' -Address 127.0.0.1 -Port 0 -Wait -Verbose") : null;
        using var stock = source == Source.Ours ? null : new StockServer(new StockServerOptions { Folder = buffer, Certificate = source == Source.StockOverTls ? authority.Issue(folder, "site", "127.0.0.1") : null });
        using var line = source == Source.StockOverLongLine ? FaultProxy.WithRoundTrip(stock!.EndPoint, RoundTrip) : null;
        var port = line?.Port ?? stock?.Port ?? await ours!.PortAsync();
        var tls = source == Source.StockOverTls ? $"-CaPath '{folder["ca.pem"]}'" : string.Empty;
        var moments = new Moments(Seed);
        var (made, asked, arrived) = (0, 0, new Arrivals());
        for (var kill = 0; kill < kills; kill++)
        {
            while (Directory.GetFiles(buffer).Length < FilesAtOnce)
                Put(buffer, made++);
            using var drain = Drain(port, incoming, tls);

            // At any moment from when it begins to take files, which are copied first and then removed, to when it is about to end, or has ended.
            await Eventually.BecomesTrue(() => (drain.Output + drain.Errors).Contains("files to take", StringComparison.Ordinal), "the drain works", TimeSpan.FromSeconds(60));
            var left = kill % 2 == 0 ? FilesAtOnce : (int)moments.UpTo(FilesAtOnce).TotalMilliseconds;
            await Eventually.BecomesTrue(() => drain.HasEnded || Directory.GetFiles(buffer).Length <= left, "files are removed", TimeSpan.FromSeconds(60));
            await Task.Delay(moments.UpTo(left == FilesAtOnce ? 1500 : 50), TestContext.Current.CancellationToken);
            drain.Kill();
            asked += drain.Output.Contains("asked ahead ", StringComparison.Ordinal) ? 1 : 0;
            arrived.Take(incoming);
        }

        using (var last = Drain(port, incoming, tls))
        {
            var result = await last.EndAsync();
            Assert.True(result.ExitCode == 0, $"seed {Seed}: {result}");
        }

        arrived.Take(incoming);
        Assert.Equal((made, 0, 0), arrived.Account(Enumerable.Range(0, made).Select(n => AgentData.Make(n))));
        Assert.Empty(Directory.GetFiles(buffer));

        // On a busy machine a short line may look long.
        Assert.True(asked > 0 || source is Source.Ours or Source.Stock);
        TestContext.Current.SendDiagnosticMessage($"{kills} drains from {source} killed (seed {Seed}, {asked} asked ahead): {made} files, each arrived once and whole");
    }

    [Fact]
    public async Task A_server_that_is_killed_again_and_again_has_every_file_that_it_confirmed()
    {
        using var folder = new TempFolder();
        var buffer = folder.MakeFolder("buffer");
        var moments = new Moments(Seed);
        var confirmed = new ConcurrentBag<int>();
        var sent = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            using var server = ShellProcess.Start("-Command", $"Start-TentacleServer '{buffer}' -Address 127.0.0.1 -Port 0 -Wait -Verbose");
            var port = await server.PortAsync();
            Assert.Empty(Directory.GetFiles(Path.Combine(buffer, ".pandorasync", "server"), "*", SearchOption.AllDirectories));
            var before = confirmed.Count;
            var agents = Enumerable.Range(0, Agents).Select(_ => Task.Run(() => SendUntilBroken(port, () => Interlocked.Increment(ref sent), confirmed))).ToArray();
            await Eventually.BecomesTrue(() => confirmed.Count > before, "files are taken");
            await Task.Delay(moments.UpTo(300), TestContext.Current.CancellationToken);
            server.Kill();
            await Eventually.Ends(Task.WhenAll(agents), "the agents notice");
        }

        var kept = new Arrivals();
        kept.Take(buffer);
        var (whole, doubled, torn) = kept.Account(confirmed.Select(n => AgentData.Make(n)), Enumerable.Range(1, sent).Select(n => AgentData.Make(n)));
        Assert.Equal((confirmed.Count, 0, 0), (whole, doubled, torn));
        TestContext.Current.SendDiagnosticMessage($"a server under ingest killed {Kills} times (seed {Seed}): {confirmed.Count} files confirmed, each whole in the buffer");
    }

    private static ShellProcess Drain(int port, string incoming, string tls) => ShellProcess.Start("-Command", $"Invoke-PandoraSync 127.0.0.1:{port} -Destination '{incoming}' {tls} -Verbose");

    private static void Put(string buffer, int number)
    {
        var file = AgentData.Make(number);
        var path = Path.Combine(buffer, ".pandorasync-test");
        File.WriteAllBytes(path, file.Content);
        File.Move(path, Path.Combine(buffer, file.Name));
    }

    private static void SendUntilBroken(int port, Func<int> next, ConcurrentBag<int> confirmed)
    {
        try
        {
            using var client = new PlainClient(port);
            while (true)
            {
                var file = next();
                if (client.Send(AgentData.Make(file).Name, AgentData.Make(file).Content) is not "SEND OK")
                    return;
                confirmed.Add(file);
            }
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            // The server is gone.
        }
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    /// <summary>Random waits, the same for the same seed.</summary>
    private sealed class Moments(int seed)
    {
        private int _taken;

        public TimeSpan UpTo(int milliseconds) => TimeSpan.FromMilliseconds(BitConverter.ToUInt16(AgentData.Noise(seed + _taken++, 2)) * milliseconds / 65536.0);
    }

    /// <summary>What came out, taken away as the data server does.</summary>
    private sealed class Arrivals
    {
        private readonly List<byte[]> _contents = [];

        public void Take(string folder)
        {
            foreach (var path in Directory.GetFiles(folder))
            {
                _contents.Add(File.ReadAllBytes(path));
                File.Delete(path);
            }
        }

        /// <summary>Counts which of the expected files came whole, which of the possible ones came more than once, and what else came.</summary>
        public (int Whole, int Doubled, int Torn) Account(IEnumerable<AgentData> expected, IEnumerable<AgentData>? possible = null)
        {
            var wanted = expected.ToArray();
            var times = _contents.GroupBy(c => Encoding.Latin1.GetString(c), StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
            var known = (possible ?? wanted).Select(f => Encoding.Latin1.GetString(f.Content)).ToHashSet(StringComparer.Ordinal);
            return (wanted.Count(f => times.ContainsKey(Encoding.Latin1.GetString(f.Content))), times.Values.Sum(n => n - 1), times.Keys.Count(k => !known.Contains(k)));
        }
    }
}
