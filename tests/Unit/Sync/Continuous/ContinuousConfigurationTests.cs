using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.RemoteConfiguration;
using PandoraSync.Sync;
using PandoraSync.Sync.Continuous;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using PandoraSync.Tests.RemoteConfiguration;
using Xunit;
using static PandoraSync.Tests.RemoteConfiguration.ConfigurationWorld;

namespace PandoraSync.Tests.Sync.Continuous;

/// <summary>Agents' configurations carried by a continuous run, behind the drain of each site.</summary>
public sealed class ContinuousConfigurationTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static TheoryData<SiteKind> Kinds => [SiteKind.Ours, SiteKind.Stock];

    [Theory, MemberData(nameof(Kinds))]
    public async Task Each_round_carries_what_has_changed_on_either_side_and_tells_it(SiteKind kind)
    {
        using var world = new ConfigurationWorld(kind);
        Save(world.Site, "web01", Text("web01", "1"));
        await using var service = Start(world);
        await Eventually.BecomesTrue(() => IsAt(world.Main, "web01", "1"), "the agent's configuration comes up");
        Save(world.Main, "web01", Text("web01", "2"));
        await Eventually.BecomesTrue(() => IsAt(world.Site, "web01", "2"), "the console's change goes down");
        var file = AgentData.Make(1);
        await File.WriteAllBytesAsync(world.Site[file.Name], file.Content, TestContext.Current.CancellationToken);
        await Eventually.BecomesTrue(() => world.Main.Has(file.Name), "files arrive as ever");

        await service.StopAsync();
        world.BothHave("web01", Text("web01", "2"));
        var name = FileOf("web01");
        Assert.Equal(
            [$"'{name}.conf' (agent web01) of {world.SiteName} was copied to the main side: new at the site.", $"'{name}.conf' (agent web01) of {world.SiteName} was copied to the site: changed on the main side."],
            service.Log.Where(l => l.Level == SyncLogLevel.Information && l.Text.Contains(name, StringComparison.Ordinal)).Select(l => l.Text));
        Assert.DoesNotContain(service.Log, l => l.Level is SyncLogLevel.Error or SyncLogLevel.Warning);
    }

    [Fact]
    public async Task What_stays_in_conflict_is_told_once_and_a_missing_folder_keeps_no_file_from_coming()
    {
        using var world = new ConfigurationWorld(SiteKind.Ours);
        Save(world.Site, "web01", Text("web01", "site"));
        Save(world.Main, "web01", Text("web01", "main"));
        await using var service = Start(world, o => o with { Prefer = ConfigurationPreference.Neither });
        await Eventually.BecomesTrue(() => service.Log.Count(l => l.Text.Contains("is a conflict", StringComparison.Ordinal)) > 2, "three rounds have met the conflict");
        Assert.Single(service.Log, l => l.Level == SyncLogLevel.Warning && l.Text.Contains("is a conflict", StringComparison.Ordinal));

        Directory.Move(world.Main["conf"], world.Main["away"]);
        await Eventually.BecomesTrue(() => service.Log.Any(l => l.Level == SyncLogLevel.Warning && l.Text.StartsWith("Agents' configurations are not carried, which keeps no site from being drained: The folder ", StringComparison.Ordinal)), "the missing folder is told");
        var file = AgentData.Make(1);
        await File.WriteAllBytesAsync(world.Site[file.Name], file.Content, TestContext.Current.CancellationToken);
        await Eventually.BecomesTrue(() => world.Main.Has(file.Name), "files arrive as ever");
        Directory.Move(world.Main["away"], world.Main["conf"]);
        Save(world.Site, "web02", Text("web02"));
        await Eventually.BecomesTrue(() => IsAt(world.Main, "web02", string.Empty), "the way back goes on");
        Assert.All(service.Results, r => Assert.True(r.Result.Succeeded, r.Result.ToString()));
    }

    private static SyncService Start(ConfigurationWorld world, Func<RemoteConfigurationOptions, RemoteConfigurationOptions>? change = null)
    {
        var options = new RemoteConfigurationOptions(world.Main.Path) { Connections = 4 };
        var plan = new SyncPlan([world.SyncSite], new SyncOptions(world.Main.Path)) { Follower = new ConfigurationFollower(change is null ? options : change(options), changed: null) };
        return new SyncService(plan, new FastClock(600), Minute);
    }

    private static bool IsAt(TempFolder side, string agent, string more) => string.Equals(Read(side, agent), Text(agent, more), StringComparison.Ordinal) && string.Equals(DigestAt(side, agent), DigestOf(Text(agent, more)), StringComparison.Ordinal);
}
