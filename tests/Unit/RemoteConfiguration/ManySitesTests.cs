using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.RemoteConfiguration;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;
using static PandoraSync.Tests.RemoteConfiguration.ConfigurationWorld;

namespace PandoraSync.Tests.RemoteConfiguration;

/// <summary>Sites beside each other: none touches another's agents.</summary>
public sealed class ManySitesTests
{
    [Fact]
    public async Task An_agent_of_the_same_name_at_a_second_site_is_reported_and_not_mixed()
    {
        using var first = new ConfigurationWorld(SiteKind.Ours);
        using var second = new ConfigurationWorld(SiteKind.Stock, main: first.Main);
        Save(first.Site, "web01", Text("web01", "first"));
        await first.RunAsync();
        Save(second.Site, "web01", Text("web01", "second"));
        Save(second.Site, "web02", Text("web02"));

        var changes = await second.RunAsync(o => o with { Prefer = ConfigurationPreference.Site, RemoveDeleted = true });

        var duplicate = Assert.Single(changes, c => c.Outcome == ConfigurationOutcome.Duplicate);
        Assert.Contains(first.SiteName, duplicate.Error!.Message, StringComparison.Ordinal);
        first.BothHave("web01", Text("web01", "first"));
        Assert.Equal(Text("web01", "second"), Read(second.Site, "web01"));
        second.BothHave("web02", Text("web02"));

        // It gets nothing of the other's changes either.
        Save(first.Main, "web01", Text("web01", "changed"));
        await second.RunAsync();
        Assert.Equal(Text("web01", "second"), Read(second.Site, "web01"));
    }

    [Fact]
    public async Task Of_two_sites_that_come_with_one_new_name_one_has_it()
    {
        using var first = new ConfigurationWorld(SiteKind.Ours);
        using var second = new ConfigurationWorld(SiteKind.Ours, main: first.Main);
        Save(first.Site, "web01", Text("web01", "first"));
        Save(second.Site, "web01", Text("web01", "second"));
        var changes = new ConcurrentQueue<ConfigurationChange>();

        await RemoteConfigurationRunner.RunAsync([first.SyncSite, second.SyncSite], first.Options with { Changed = changes.Enqueue }, CancellationToken.None);

        Assert.Equal([ConfigurationOutcome.Copied, ConfigurationOutcome.Duplicate], changes.Select(c => c.Outcome).Order());
        Assert.Empty(first.Kept);
        Assert.Equal((Text("web01", "first"), Text("web01", "second")), (Read(first.Site, "web01"), Read(second.Site, "web01")));
    }

    [Fact]
    public async Task Agents_of_the_main_side_itself_and_of_other_sites_are_not_sent_to_a_site()
    {
        using var world = new ConfigurationWorld(SiteKind.Ours);
        Save(world.Main, "direct", Text("direct"));
        Save(world.Site, "web01", Text("web01"));

        Assert.Single(await world.RunAsync(o => o with { RemoveDeleted = true }));

        Assert.Null(Read(world.Site, "direct"));
        Assert.NotNull(Read(world.Main, "direct"));
    }

    [Fact]
    public async Task A_site_that_cannot_be_reached_does_not_keep_another()
    {
        using var world = new ConfigurationWorld(SiteKind.Ours);
        Save(world.Site, "web01", Text("web01"));

        var results = await RemoteConfigurationRunner.RunAsync([SyncTarget.Site(1, retries: 0), world.SyncSite], world.Options, CancellationToken.None);

        Assert.Equal(TentacleErrorKind.Unreachable, results[0].Error!.Kind);
        Assert.Null(results[1].Error);
        world.BothHave("web01", Text("web01"));
    }

    [Fact]
    public async Task Two_runs_for_one_directory_do_not_go_together()
    {
        using var world = new ConfigurationWorld(SiteKind.Ours);
        Save(world.Site, "web01", Text("web01"));
        using var entered = new ManualResetEventSlim();
        using var leave = new ManualResetEventSlim();
        var first = world.TryRunAsync(o => o with
        {
            Confirm = (_, _) =>
            {
                entered.Set();
                leave.Wait(TimeSpan.FromSeconds(20));
                return Task.FromResult(true);
            },
        });
        Assert.True(entered.Wait(TimeSpan.FromSeconds(20)));

        var error = await Assert.ThrowsAsync<TentacleException>(() => RemoteConfigurationRunner.RunAsync([world.SyncSite], world.Options, CancellationToken.None));

        Assert.Equal(TentacleErrorKind.Busy, error.Kind);
        leave.Set();
        Assert.Null((await first).Error);
    }

    [Fact]
    public async Task A_site_that_changes_without_end_fills_only_its_part_of_what_is_kept()
    {
        using var world = new ConfigurationWorld(SiteKind.Ours);
        Save(world.Site, "web01", Text("web01", "1"));
        await world.RunAsync();
        for (var i = 0; i < 1000; i++)
            await File.WriteAllTextAsync(Path.Combine(world.Main[".pandorasync/configuration/kept"], $"x {world.SiteName.Replace(':', '_')} {i}.conf"), "x");
        Save(world.Site, "web01", Text("web01", "site"));
        Save(world.Main, "web01", Text("web01", "main"));

        var change = Assert.Single(await world.RunAsync());

        // Nothing is replaced that could not be kept.
        Assert.Equal(TentacleErrorKind.TooLarge, change.Error!.Kind);
        Assert.Equal((Text("web01", "site"), Text("web01", "main")), (Read(world.Site, "web01"), Read(world.Main, "web01")));
    }
}
