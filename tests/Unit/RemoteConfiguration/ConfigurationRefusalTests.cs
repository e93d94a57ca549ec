using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.RemoteConfiguration;
using PandoraSync.TestSupport;
using Xunit;
using static PandoraSync.Tests.RemoteConfiguration.ConfigurationWorld;

namespace PandoraSync.Tests.RemoteConfiguration;

/// <summary>What cannot be carried: sites and folders that do not allow it, and what is too large, too many or nobody's.</summary>
public sealed class ConfigurationRefusalTests
{
    [Theory]
    [InlineData(SiteKind.Ours)]
    [InlineData(SiteKind.Stock)]
    public async Task Without_overwriting_at_the_site_a_change_is_refused_with_the_option_that_helps(SiteKind kind)
    {
        using var world = new ConfigurationWorld(kind, overwrite: false);
        Save(world.Site, "web01", Text("web01", "1"));
        await world.RunAsync();
        Save(world.Main, "web01", Text("web01", "2"));

        var change = Assert.Single(await world.RunAsync());

        Assert.Equal(ConfigurationOutcome.Failed, change.Outcome);
        Assert.Contains("already exists", change.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("-Overwrite", change.Error.Advice, StringComparison.Ordinal);
        Assert.Equal((Text("web01", "1"), DigestOf(Text("web01", "1"))), (Read(world.Site, "web01"), DigestAt(world.Site, "web01")));
    }

    [Theory]
    [InlineData(SiteKind.Ours)]
    [InlineData(SiteKind.Stock)]
    public async Task A_site_that_allows_no_listing_says_so_and_nothing_is_concluded_from_it(SiteKind kind)
    {
        using var world = new ConfigurationWorld(kind, listing: false);
        Save(world.Site, "web01", Text("web01"));

        var result = await world.TryRunAsync();

        Assert.Equal(TentacleErrorKind.NotAllowed, result.Error!.Kind);
        Assert.Contains("-I", result.Error.Advice, StringComparison.Ordinal);
        Assert.Null(Read(world.Main, "web01"));
    }

    [Theory]
    [InlineData(SiteKind.Ours)]
    [InlineData(SiteKind.Stock)]
    public async Task A_site_without_filters_is_told_which_it_needs(SiteKind kind)
    {
        using var world = new ConfigurationWorld(kind, filters: string.Empty);
        world.Site.Write($"{FileOf("web01")}.conf", Text("web01"));
        world.Site.Write($"{FileOf("web01")}.md5", DigestOf(Text("web01")));

        var result = await world.TryRunAsync();

        Assert.Equal(TentacleErrorKind.Configuration, result.Error!.Kind);
        Assert.Contains(@".*\.conf:conf", result.Error.Advice, StringComparison.Ordinal);
        Assert.Null(Read(world.Main, "web01"));
    }

    [Theory]
    [InlineData("conf")]
    [InlineData("md5")]
    public async Task A_missing_folder_on_the_main_side_is_an_error_and_no_deletion(string folder)
    {
        using var world = new ConfigurationWorld(SiteKind.Ours);
        Save(world.Site, "web01", Text("web01"));
        await world.RunAsync();
        Directory.Delete(world.Main[folder], recursive: true);

        var error = await Assert.ThrowsAsync<TentacleException>(() => world.TryRunAsync(o => o with { RemoveDeleted = true }));

        Assert.Contains($"/{folder}'", error.Message, StringComparison.Ordinal);
        Assert.NotNull(Read(world.Site, "web01"));
    }

    [Fact]
    public async Task A_missing_folder_at_a_stock_site_is_an_error_and_no_deletion()
    {
        using var world = new ConfigurationWorld(SiteKind.Stock);
        Save(world.Site, "web01", Text("web01"));
        await world.RunAsync();
        Directory.Delete(world.Site["md5"], recursive: true);

        var result = await world.TryRunAsync(o => o with { RemoveDeleted = true });

        Assert.Equal(TentacleErrorKind.NotFound, result.Error!.Kind);
        Assert.Contains("no folder for files such as 'pandorasync.md5'", result.Error.Message, StringComparison.Ordinal);
        Assert.NotNull(Read(world.Main, "web01"));
    }

    [Theory, MemberData(nameof(ConfigurationRunTests.Kinds), MemberType = typeof(ConfigurationRunTests))]
    public async Task One_that_is_too_large_is_left_and_named(SiteKind kind)
    {
        using var world = new ConfigurationWorld(kind);
        Save(world.Site, "large", Text("large", new string('x', 5000)));
        Save(world.Site, "small", Text("small"));

        var changes = await world.RunAsync(o => o with { MaxFileBytes = 1000 });

        Assert.Null(Read(world.Main, "large"));
        world.BothHave("small", Text("small"));
        var left = Assert.Single(changes, c => c.Outcome == ConfigurationOutcome.Skipped);
        Assert.Equal(TentacleErrorKind.TooLarge, left.Error!.Kind);
    }

    [Theory, MemberData(nameof(ConfigurationRunTests.Kinds), MemberType = typeof(ConfigurationRunTests))]
    public async Task A_site_may_have_so_many_agents_and_no_more(SiteKind kind)
    {
        using var world = new ConfigurationWorld(kind);
        for (var i = 0; i < 5; i++)
            Save(world.Site, $"agent{i}", Text($"agent{i}"));

        var changes = await world.RunAsync(o => o with { MaxAgents = 3 });

        Assert.Equal(3, Directory.GetFiles(world.Main["conf"]).Length);
        Assert.Equal(TentacleErrorKind.TooLarge, Assert.Single(changes, c => c.Outcome == ConfigurationOutcome.Skipped).Error!.Kind);
    }

    [Theory, MemberData(nameof(ConfigurationRunTests.Kinds), MemberType = typeof(ConfigurationRunTests))]
    public async Task Names_that_no_agent_has_and_kinds_that_nobody_asked_for_are_not_taken(SiteKind kind)
    {
        using var world = new ConfigurationWorld(kind);
        foreach (var name in new[] { "passwd", "..conf", "ABCDEF0123456789ABCDEF0123456789", "0123456789abcdef0123456789abcde", "fc_1" })
        {
            world.Site.Write($"conf/{name}.conf", "x");
            world.Site.Write($"md5/{name}.md5", DigestOf("x"));
        }

        world.Site.Write("collections/fc_1.zip", "x");
        world.Site.Write($"commands/{FileOf("web01")}.rcmd", "x");
        Save(world.Site, "web01", Text("web01", "file_collection fc_1"));

        await world.RunAsync();

        Assert.Equal([$"{FileOf("web01")}.conf"], Directory.GetFiles(world.Main["conf"]).Select(Path.GetFileName));
        Assert.Equal([$"{FileOf("web01")}.md5"], Directory.GetFiles(world.Main["md5"]).Select(Path.GetFileName));
        Assert.Empty(Directory.GetFiles(world.Main["collections"]).Concat(Directory.GetFiles(world.Main["commands"])));
    }
}
