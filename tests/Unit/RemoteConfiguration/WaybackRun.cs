using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.RemoteConfiguration;
using PandoraSync.Sync;
using PandoraSync.TestSupport;
using PandoraSync.Transport;
using Xunit;
using static PandoraSync.Tests.RemoteConfiguration.ConfigurationWorld;

namespace PandoraSync.Tests.RemoteConfiguration;

/// <summary>
/// Plays a story and keeps the accounts: after each step no site has a digest before its configuration, and no version that somebody wrote and the
/// other side never had is gone; at the end, over good lines, both sides are equal and each command was run once, or is said not to be certain.
/// </summary>
internal sealed class WaybackRun : IDisposable
{
    private static readonly string[] Agents = ["a0", "a1", "a2", "a3"];
    private readonly ConfigurationWorld _world;
    private readonly FaultProxy _proxy;
    private readonly HashSet<string> _bothHad = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _runs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unconfirmed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string? Digest, string? Content)> _before = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _mainAtRun = new(StringComparer.Ordinal);
    private int _versions;

    private WaybackRun(SiteKind kind)
    {
        _world = new ConfigurationWorld(kind);
        _proxy = new FaultProxy(new IPEndPoint(IPAddress.Loopback, _world.Port));
    }

    public static async Task PlayAsync(WaybackStory story, SiteKind kind)
    {
        using var run = new WaybackRun(kind);

        // Which site an agent is of is known once it has been there.
        foreach (var agent in Agents)
            ConfigurationWorld.Save(run._world.Site, agent, run.NewVersion(agent));
        await run.RunAsync(removeDeleted: false, stoppedAfter: 0, TimeSpan.FromSeconds(10), isCalm: true);
        run.Look();
        run._proxy.ToServer = n => story.Lines[(n - 1) % story.Lines.Length].ToServer;
        run._proxy.ToClient = n => story.Lines[(n - 1) % story.Lines.Length].ToClient;
        foreach (var step in story.Steps)
            await run.PlayAsync(step);
        await run.EndAsync();
    }

    public void Dispose()
    {
        _proxy.Dispose();
        _world.Dispose();
    }

    private async Task PlayAsync(WaybackStep step)
    {
        switch (step)
        {
            case WaybackStep.Upload upload:
                ConfigurationWorld.Save(_world.Site, Agents[upload.Agent], NewVersion(Agents[upload.Agent]));
                break;
            case WaybackStep.Save save:
                ConfigurationWorld.Save(_world.Main, Agents[save.Agent], NewVersion(Agents[save.Agent]));
                break;
            case WaybackStep.Delete delete:
                ConfigurationWorld.Delete(delete.IsMain ? _world.Main : _world.Site, Agents[delete.Agent]);
                break;
            case WaybackStep.Order order:
                var path = _world.Main.Write($"commands/{FileOf(Agents[order.Agent])}_{++_versions}.rcmd", $"run {_versions}");
                File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-1));
                break;
            case WaybackStep.Obey:
                Obey();
                break;
            case WaybackStep.Run run:
                await RunAsync(run.RemoveDeleted, run.StoppedAfter, TimeSpan.FromSeconds(0.4));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(step));
        }

        Look();
    }

    private async Task EndAsync()
    {
        _proxy.ToServer = _proxy.ToClient = static _ => new FaultPlan();
        _proxy.CutAll(reset: true);
        for (var i = 0; i < 2; i++)
        {
            await RunAsync(removeDeleted: true, stoppedAfter: 0, TimeSpan.FromSeconds(10), isCalm: true);
            Look();
        }

        Obey();
        foreach (var agent in Agents)
        {
            Assert.Equal(Read(_world.Main, agent), Read(_world.Site, agent));
            Assert.Equal(DigestAt(_world.Main, agent), DigestAt(_world.Site, agent));
            if (Read(_world.Main, agent) is { } content)
                Assert.Equal(DigestOf(content), DigestAt(_world.Main, agent));
        }

        // Of an agent that the site no longer has nothing is sent.
        foreach (var command in Directory.GetFiles(_world.Main["commands"]).Select(p => Path.GetFileName(p)).Where(c => Agents.Any(a => c.StartsWith(FileOf(a), StringComparison.Ordinal) && Read(_world.Site, a) is not null)))
            Assert.True(_runs.GetValueOrDefault(command) == 1 || _unconfirmed.Contains(command), $"{command} was run {_runs.GetValueOrDefault(command)} times, and nobody says that this is not certain");
    }

    private async Task RunAsync(bool removeDeleted, int stoppedAfter, TimeSpan timeout, bool isCalm = false)
    {
        using var stop = new CancellationTokenSource();
        foreach (var agent in Agents)
            _mainAtRun[agent] = Read(_world.Main, agent);
        var had = new[] { _world.Main, _world.Site }.SelectMany(side => Agents.Select(a => Read(side, a))).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var options = _world.Options with
        {
            RemoveDeleted = removeDeleted,
            Changed = change =>
            {
                if (change.Outcome == ConfigurationOutcome.Unconfirmed)
                {
                    lock (_unconfirmed)
                        _unconfirmed.Add(change.File);
                }
            },
        };
        if (stoppedAfter > 0)
            stop.CancelAfter(stoppedAfter);
        try
        {
            var site = new SyncSite(new TentacleClientOptions(new TentacleEndpoint("127.0.0.1", _proxy.Port)) { Timeout = timeout, RetryCount = 1, Tls = _world.Client.Tls });
            var results = await Eventually.Ends(RemoteConfigurationRunner.RunAsync([site], options, stop.Token), "a run", TimeSpan.FromSeconds(60));
            if (isCalm)
                Assert.Null(results.Single().Error);
        }
        catch (OperationCanceledException) when (stoppedAfter > 0)
        {
            // The next run goes on.
        }

        // What is on its way to a server that writes in place would otherwise arrive in the middle of the next step.
        _proxy.CutAll(reset: true);
        await Eventually.BecomesTrue(() => _world.ConnectionsNow == 0, "the server has seen the end of all connections");
        var has = new[] { _world.Main, _world.Site }.SelectMany(side => Agents.Select(a => Read(side, a))).OfType<string>().Concat(_world.Kept.Select(File.ReadAllText)).ToHashSet(StringComparer.Ordinal);
        foreach (var version in had)
            Assert.True(has.Contains(version) || _bothHad.Contains(version), $"A version is lost: {version}");
    }

    /// <summary>What an agent would see now.</summary>
    private void Look()
    {
        foreach (var agent in Agents)
        {
            var (digest, content) = (DigestAt(_world.Site, agent), Read(_world.Site, agent));
            if (content is not null && string.Equals(content, Read(_world.Main, agent), StringComparison.Ordinal))
                _bothHad.Add(content);
            var isWhole = digest is null || (content is not null && string.Equals(DigestOf(content), digest, StringComparison.Ordinal));
            if (!isWhole && _before.GetValueOrDefault(agent) != (digest, content))
                Assert.True(string.Equals(content, _mainAtRun.GetValueOrDefault(agent), StringComparison.Ordinal), $"{agent} sees a digest that is newer than its configuration: {content}");
            _before[agent] = (digest, content);
        }
    }

    private void Obey()
    {
        foreach (var path in Directory.GetFiles(_world.Site["commands"]))
        {
            var name = Path.GetFileName(path);
            _runs[name] = _runs.GetValueOrDefault(name) + 1;
            Assert.True(_runs[name] == 1, $"{name} was run twice");
            File.Delete(path);
        }
    }

    private string NewVersion(string agent) => Text(agent, $"# version {++_versions} {new StringBuilder().Insert(0, "x", _versions % 7 * 300)}");
}
