using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.SystemTests;

/// <summary>Runs that carry configurations and are killed (SIGKILL) at random moments. PANDORASYNC_KILLS sets how often (5 by default), PANDORASYNC_KILL_SEED which moments.</summary>
public sealed class ConfigurationKillTests
{
    private const string Filters = @".*\.conf:conf;.*\.md5:md5;.*\.zip:collections;.*\.rcmd:commands";
    private const int Agents = 200;
    private const int CommandsAtOnce = 20;
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("PANDORASYNC_KILLS") ?? "3", CultureInfo.InvariantCulture);
    private static readonly int Seed = int.Parse(Environment.GetEnvironmentVariable("PANDORASYNC_KILL_SEED") ?? (Environment.TickCount & 0xFFFF).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_that_is_killed_again_and_again_loses_no_version_mixes_no_pair_and_sends_no_command_twice(bool stock)
    {
        using var folder = new TempFolder();
        var (main, site) = (new Side(folder.MakeFolder("main")), new Side(folder.MakeFolder("site")));
        using var stockServer = stock ? new StockServer(new StockServerOptions { Folder = site.Path, Overwrite = true, Filters = Filters, MaxConnections = 100 }) : null;
        using var ours = stock ? null : ShellProcess.Start("-Command", $"Start-TentacleServer '{site.Path}' -Address 127.0.0.1 -Port 0 -Overwrite -Filter '{Filters}' -Wait -Verbose");
        var port = stockServer?.Port ?? await ours!.PortAsync();
        var random = new Random(Seed);
        var bothHad = new HashSet<string>(StringComparer.Ordinal);
        var runs = new Dictionary<string, int>(StringComparer.Ordinal);
        var seen = new (string Content, string? Digest)[Agents];
        for (var agent = 0; agent < Agents; agent++)
            site.Save(agent, Version(agent, 0));
        await EndAsync(port, main.Path);
        for (var kill = 1; kill <= Kills; kill++)
        {
            for (var agent = 0; agent < Agents; agent++)
                bothHad.UnionWith(string.Equals(main.Read(agent), site.Read(agent), StringComparison.Ordinal) ? [main.Read(agent)!] : Array.Empty<string>());
            Change(main, site, kill);
            var had = Contents(main, site);
            var mains = Enumerable.Range(0, Agents).Select(main.Read).ToArray();
            using var run = Start(port, main.Path);
            await Eventually.BecomesTrue(() => (run.Output + run.Errors).Contains("have a configuration there", StringComparison.Ordinal), "the run works", TimeSpan.FromSeconds(120));
            await Task.Delay(random.Next(800), TestContext.Current.CancellationToken);
            run.Kill();
            if (stockServer is not null)
                await Eventually.BecomesTrue(() => stockServer.ConnectionsNow == 0, "the server notices");

            Look(site, mains, seen);
            var has = Contents(main, site);
            has.UnionWith(Directory.GetFiles(main.Path + "/.pandorasync/configuration/kept").Select(File.ReadAllText));
            Assert.True(had.All(v => has.Contains(v) || bothHad.Contains(v)), $"seed {Seed}: a version is lost");
            Obey(site, runs);
        }

        var last = await EndAsync(port, main.Path);
        Obey(site, runs);
        for (var agent = 0; agent < Agents; agent++)
            Assert.Equal((main.Read(agent), main.Digest(agent)), (site.Read(agent), site.Digest(agent)));
        Assert.All(runs.Values, times => Assert.Equal(1, times));

        // One that arrived in the moment of the kill may be among those that are not certain, too.
        var unsure = Enumerable.Range(1, Kills).SelectMany(k => Enumerable.Range(0, CommandsAtOnce).Select(i => $"{Side.FileOf(i)}_{k}.rcmd")).Where(c => !runs.ContainsKey(c)).ToArray();
        Assert.All(unsure, command => Assert.Contains($"Whether '{command}' has arrived", last.Errors, StringComparison.Ordinal));
        TestContext.Current.SendDiagnosticMessage($"{Kills} runs against {(stock ? "the stock double" : "ours")} killed (seed {Seed}): {runs.Count} commands run once, {unsure.Length} not certain");
    }

    /// <summary>A third of the agents changes on each side, a third on both, and there is something to run.</summary>
    private static void Change(Side main, Side site, int kill)
    {
        for (var agent = 0; agent < Agents; agent++)
        {
            if (agent % 3 != 0)
                main.Save(agent, Version(agent, kill) + "main\n");
            if (agent % 3 != 1)
                site.Save(agent, Version(agent, kill) + "site\n");
        }

        for (var i = 0; i < CommandsAtOnce; i++)
            File.SetLastWriteTimeUtc(main.Write($"commands/{Side.FileOf(i)}_{kill}.rcmd", "run"), DateTime.UtcNow.AddMinutes(-1));
    }

    /// <summary>What an agent would see.</summary>
    private static void Look(Side site, string?[] mains, (string Content, string? Digest)[] seen)
    {
        for (var agent = 0; agent < Agents; agent++)
        {
            // What an earlier kill has left may be as it was.
            var now = (Content: site.Read(agent)!, Digest: site.Digest(agent));
            Assert.True(now == seen[agent] || string.Equals(Side.DigestOf(now.Content), now.Digest, StringComparison.Ordinal) || string.Equals(now.Content, mains[agent], StringComparison.Ordinal), $"seed {Seed}: agent {agent} sees a digest that is newer than its configuration");
            seen[agent] = now;
        }
    }

    private static HashSet<string> Contents(Side main, Side site) =>
        Enumerable.Range(0, Agents).SelectMany(a => new[] { main.Read(a), site.Read(a) }).OfType<string>().ToHashSet(StringComparer.Ordinal);

    private static void Obey(Side site, Dictionary<string, int> runs)
    {
        foreach (var path in Directory.GetFiles(site.Path + "/commands"))
        {
            runs[Path.GetFileName(path)] = runs.GetValueOrDefault(Path.GetFileName(path)) + 1;
            File.Delete(path);
        }
    }

    private static ShellProcess Start(int port, string main) => ShellProcess.Start("-Command", $"$ErrorView = 'CategoryView'; Sync-TentacleConfiguration 127.0.0.1:{port} '{main}' -Verbose -WarningAction SilentlyContinue | Out-Null");

    private static async Task<ProgramResult> EndAsync(int port, string main)
    {
        using var run = ShellProcess.Start("-Command", $"Sync-TentacleConfiguration 127.0.0.1:{port} '{main}' -WarningAction SilentlyContinue -ErrorAction SilentlyContinue -ErrorVariable e | Out-Null; foreach ($one in $e) {{ [Console]::Error.WriteLine(\"$one\") }}");
        return await run.EndAsync();
    }

    private static string Version(int agent, int number) => string.Create(CultureInfo.InvariantCulture, $"agent_name agent{agent}\n# version {number}\n{new string('x', 3000)}\n");

    /// <summary>The folders of one side.</summary>
    private sealed class Side
    {
        public Side(string path)
        {
            Path = path;
            foreach (var folder in new[] { "conf", "md5", "collections", "commands" })
                Directory.CreateDirectory($"{path}/{folder}");
        }

        public string Path { get; }

        public static string FileOf(int agent) => DigestOf(string.Create(CultureInfo.InvariantCulture, $"agent{agent}"));

        public static string DigestOf(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));

        public string Write(string name, string text)
        {
            File.WriteAllText($"{Path}/{name}", text);
            return $"{Path}/{name}";
        }

        public void Save(int agent, string text)
        {
            Write($"conf/{FileOf(agent)}.conf", text);
            Write($"md5/{FileOf(agent)}.md5", DigestOf(text));
        }

        public string? Read(int agent) => ReadFile($"conf/{FileOf(agent)}.conf");

        public string? Digest(int agent) => ReadFile($"md5/{FileOf(agent)}.md5");

        private string? ReadFile(string name) => File.Exists($"{Path}/{name}") ? File.ReadAllText($"{Path}/{name}") : null;
    }
}
