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

/// <summary>Collections go down to the sites whose agents use them, archive before digest.</summary>
public sealed class CollectionTests
{
    public static TheoryData<SiteKind> Kinds => ConfigurationRunTests.Kinds;

    [Theory, MemberData(nameof(Kinds))]
    public async Task Those_that_agents_use_go_down_and_go_again_when_they_change(SiteKind kind)
    {
        using var world = new ConfigurationWorld(kind);
        Save(world.Site, "web01", Text("web01", "file_collection fc_1\nfile_collection ../fc_2"));
        foreach (var name in new[] { "fc_1", "fc_2", "fc_3" })
            SaveCollection(world.Main, name, [1, 2, 3]);

        var sent = Assert.Single(await world.RunAsync(), c => c.Kind == ConfigurationKind.Collection);

        Assert.Equal(("fc_1.zip", ConfigurationOutcome.Copied, ConfigurationDirection.Down, 3L), (sent.File, sent.Outcome, sent.Direction, sent.Bytes));
        Assert.Equal(["fc_1.zip"], Directory.GetFiles(world.Site["collections"]).Select(Path.GetFileName));
        Assert.Equal(DigestOf([1, 2, 3]), System.Text.Encoding.UTF8.GetString(world.Site.Read("md5/fc_1.md5")));
        Assert.Empty(await world.RunAsync());

        SaveCollection(world.Main, "fc_1", [4, 5]);
        Assert.Equal("changed on the main side", Assert.Single(await world.RunAsync()).Reason);
        Assert.Equal([4, 5], world.Site.Read("collections/fc_1.zip"));

        // Told to, it sends those that nobody uses too.
        Assert.Equal(["fc_2.zip", "fc_3.zip"], (await world.RunAsync(o => o with { AllCollections = true })).Select(c => c.File).Order());
    }

    [Theory]
    [InlineData(SiteKind.Ours)]
    [InlineData(SiteKind.Stock)]
    public async Task One_over_the_sites_limit_is_reported_and_stops_nothing_else(SiteKind kind)
    {
        using var world = new ConfigurationWorld(kind, maxFileBytes: 1000);
        Save(world.Site, "web01", Text("web01", "file_collection fc_1\nfile_collection fc_2"));
        SaveCollection(world.Main, "fc_1", new byte[2000]);
        SaveCollection(world.Main, "fc_2", new byte[500]);

        var changes = await world.RunAsync();

        var refused = Assert.Single(changes, c => c.Outcome == ConfigurationOutcome.Failed);
        Assert.Equal("fc_1.zip", refused.File);
        Assert.Contains("file is too big", refused.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("-MaxFileSize", refused.Error.Advice, StringComparison.Ordinal);
        Assert.True(world.Site.Has("collections/fc_2.zip"));
        Assert.False(world.Site.Has("md5/fc_1.md5"));
        world.BothHave("web01", Text("web01", "file_collection fc_1\nfile_collection fc_2"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task One_whose_digest_does_not_fit_it_stays(SiteKind kind)
    {
        using var world = new ConfigurationWorld(kind);
        Save(world.Site, "web01", Text("web01", "file_collection fc_1"));
        SaveCollection(world.Main, "fc_1", [1]);
        world.Main.Write("collections/fc_1.zip", [2]);

        Assert.Equal(ConfigurationOutcome.Incomplete, Assert.Single(await world.RunAsync(), c => c.Kind == ConfigurationKind.Collection).Outcome);

        Assert.Empty(Directory.GetFiles(world.Site["collections"]));
    }

    [Fact]
    public async Task A_stock_site_whose_disk_is_full_gets_no_digest_of_what_it_has_not_kept()
    {
        using var world = new ConfigurationWorld(SiteKind.Stock, onStep: moment =>
        {
            if (moment.Point == StockPoint.Storing && moment.Command.Contains("SIZE", StringComparison.Ordinal) && moment.Data is { Length: > 40 } data)
                moment.Data = data[..^10];
        });
        Save(world.Site, "web01", Text("web01", "file_collection fc_1"));
        SaveCollection(world.Main, "fc_1", new byte[100]);
        await world.RunAsync();
        Save(world.Main, "web01", Text("web01", "file_collection fc_1\nchanged"));

        var changes = await world.RunAsync();

        Assert.Equal(2, changes.Count(c => c.Outcome == ConfigurationOutcome.Failed && c.Error!.Message.Contains("does not have it whole", StringComparison.Ordinal)));
        Assert.False(world.Site.Has("md5/fc_1.md5"));
        Assert.Equal(DigestOf(Text("web01", "file_collection fc_1")), DigestAt(world.Site, "web01"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task One_that_was_deleted_on_the_main_side_is_reported_and_removed_only_when_asked_for(SiteKind kind)
    {
        using var world = new ConfigurationWorld(kind);
        Save(world.Site, "web01", Text("web01", "file_collection fc_1"));
        SaveCollection(world.Main, "fc_1", [1]);
        await world.RunAsync();
        File.Delete(world.Main["collections/fc_1.zip"]);
        File.Delete(world.Main["md5/fc_1.md5"]);

        Assert.Equal(ConfigurationOutcome.Deleted, Assert.Single(await world.RunAsync()).Outcome);
        Assert.True(world.Site.Has("collections/fc_1.zip"));
        Assert.Equal(ConfigurationOutcome.Removed, Assert.Single(await world.RunAsync(o => o with { RemoveDeleted = true })).Outcome);
        Assert.False(world.Site.Has("collections/fc_1.zip"));
        Assert.False(world.Site.Has("md5/fc_1.md5"));
        Assert.Empty(await world.RunAsync());
    }

    [Fact]
    public async Task A_collection_cannot_be_called_as_an_agent_is()
    {
        using var world = new ConfigurationWorld(SiteKind.Ours);
        Save(world.Main, "other", Text("other"));
        SaveCollection(world.Main, FileOf("other"), [1, 2]);
        Save(world.Main, "other", Text("other"));
        Save(world.Site, "web01", Text("web01", $"file_collection {FileOf("other")}"));

        await world.RunAsync();

        Assert.Empty(Directory.GetFiles(world.Site["collections"]));
        Assert.False(world.Site.Has($"md5/{FileOf("other")}.md5"));
    }
}
