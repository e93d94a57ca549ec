using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.RemoteConfiguration;
using PandoraSync.TestSupport;
using Xunit;
using static PandoraSync.Tests.RemoteConfiguration.ConfigurationWorld;

namespace PandoraSync.Tests.RemoteConfiguration;

/// <summary>What becomes of configurations that were created, changed, deleted on either side, against our server and the stock double.</summary>
public sealed class ConfigurationRunTests
{
    public static TheoryData<SiteKind> Kinds => [SiteKind.Ours, SiteKind.Stock, SiteKind.StockTls];

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_new_one_at_the_site_comes_up_byte_for_byte_and_is_then_left_alone(SiteKind kind)
    {
        using var world = new ConfigurationWorld(kind);
        var latin = Encoding.Latin1.GetBytes(Text("web01") + "# Stra\u00dfe\n");
        world.Site.Write($"conf/{FileOf("web01")}.conf", latin);
        world.Site.Write($"md5/{FileOf("web01")}.md5", DigestOf(latin));
        Save(world.Site, "web02", Text("web02"));

        var changes = await world.RunAsync();

        Assert.Equal(latin, world.Main.Read($"conf/{FileOf("web01")}.conf"));
        Assert.Equal(DigestOf(latin), DigestAt(world.Main, "web01"));
        world.BothHave("web02", Text("web02"));
        Assert.Equal(["web01", "web02"], changes.Select(c => c.Agent).Order());
        Assert.All(changes, c => Assert.Equal((ConfigurationOutcome.Copied, ConfigurationDirection.Up, "new at the site"), (c.Outcome, c.Direction, c.Reason)));
        Assert.Empty(await world.RunAsync());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_change_on_one_side_goes_to_the_other(SiteKind kind)
    {
        using var world = new ConfigurationWorld(kind);
        Save(world.Site, "up", Text("up", "1"));
        Save(world.Site, "down", Text("down", "1"));
        await world.RunAsync();
        Save(world.Site, "up", Text("up", "2"));
        Save(world.Main, "down", Text("down", "2"));

        var changes = await world.RunAsync();

        world.BothHave("up", Text("up", "2"));
        world.BothHave("down", Text("down", "2"));
        Assert.Equal([("down", ConfigurationDirection.Down, "changed on the main side"), ("up", ConfigurationDirection.Up, "changed at the site")], changes.Select(c => (c.Agent, c.Direction, c.Reason)).Order());
        Assert.Empty(world.Kept);
        Assert.Empty(await world.RunAsync());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Down_the_configuration_goes_before_its_digest(SiteKind kind)
    {
        if (kind == SiteKind.Ours)
            return;
        using var world = new ConfigurationWorld(kind);
        Save(world.Site, "web01", Text("web01", "1"));
        await world.RunAsync();
        Save(world.Main, "web01", Text("web01", "2"));
        await world.RunAsync();

        var sends = world.StockCommands.Where(c => c.StartsWith("SEND ", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, sends.Length);
        Assert.StartsWith($"SEND <{FileOf("web01")}.conf>", sends[0], StringComparison.Ordinal);
        Assert.StartsWith($"SEND <{FileOf("web01")}.md5>", sends[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SiteKind.Ours, ConfigurationPreference.Main, "main")]
    [InlineData(SiteKind.Stock, ConfigurationPreference.Main, "main")]
    [InlineData(SiteKind.Ours, ConfigurationPreference.Site, "site")]
    [InlineData(SiteKind.StockTls, ConfigurationPreference.Site, "site")]
    [InlineData(SiteKind.Ours, ConfigurationPreference.Neither, null)]
    public async Task Where_both_have_changed_one_wins_and_the_other_is_kept(SiteKind kind, ConfigurationPreference prefer, string? winner)
    {
        using var world = new ConfigurationWorld(kind);
        Save(world.Site, "web01", Text("web01", "before"));
        await world.RunAsync();
        Save(world.Site, "web01", Text("web01", "site"));
        Save(world.Main, "web01", Text("web01", "main"));

        var change = Assert.Single(await world.RunAsync(o => o with { Prefer = prefer }));

        Assert.StartsWith("changed on both sides", change.Reason, StringComparison.Ordinal);
        if (winner is null)
        {
            Assert.Equal(ConfigurationOutcome.Conflict, change.Outcome);
            Assert.Equal((Text("web01", "site"), Text("web01", "main")), (Read(world.Site, "web01"), Read(world.Main, "web01")));
            Assert.Empty(world.Kept);
            return;
        }

        var loser = prefer == ConfigurationPreference.Main ? "site" : "main";
        world.BothHave("web01", Text("web01", winner));
        Assert.Equal(ConfigurationOutcome.Copied, change.Outcome);
        var kept = Assert.Single(world.Kept);
        Assert.Equal(kept, change.KeptAs);
        Assert.Equal(Text("web01", loser), await File.ReadAllTextAsync(kept));
        Assert.Contains(FileOf("web01"), kept, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1_{world.Port} {DateTime.UtcNow:yyyy-}", kept, StringComparison.Ordinal);
        Assert.Empty(await world.RunAsync());
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_was_deleted_on_one_side_is_reported_and_not_brought_back(SiteKind kind)
    {
        using var world = new ConfigurationWorld(kind);
        Save(world.Site, "gone here", Text("gone here"));
        Save(world.Site, "gone there", Text("gone there"));
        await world.RunAsync();
        Delete(world.Main, "gone here");
        Delete(world.Site, "gone there");

        var changes = await world.RunAsync();

        Assert.Equal(["deleted at the site", "deleted on the main side"], changes.Select(c => c.Reason).Order());
        Assert.All(changes, c => Assert.Equal(ConfigurationOutcome.Deleted, c.Outcome));
        Assert.Null(Read(world.Main, "gone here"));
        Assert.Null(Read(world.Site, "gone there"));
        Assert.NotNull(Read(world.Site, "gone here"));
        Assert.NotNull(Read(world.Main, "gone there"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Asked_to_it_removes_what_was_deleted_and_keeps_what_the_main_side_had(SiteKind kind)
    {
        using var world = new ConfigurationWorld(kind);
        Save(world.Site, "gone here", Text("gone here"));
        Save(world.Site, "gone there", Text("gone there"));
        await world.RunAsync();
        Delete(world.Main, "gone here");
        Delete(world.Site, "gone there");

        var changes = await world.RunAsync(o => o with { RemoveDeleted = true });

        Assert.All(changes, c => Assert.Equal(ConfigurationOutcome.Removed, c.Outcome));
        Assert.Empty(Directory.GetFiles(world.Main["conf"]).Concat(Directory.GetFiles(world.Main["md5"])).Concat(Directory.GetFiles(world.Site["conf"])).Concat(Directory.GetFiles(world.Site["md5"])));
        Assert.Equal(Text("gone there"), await File.ReadAllTextAsync(Assert.Single(world.Kept)));
        Assert.Empty(await world.RunAsync());

        // An agent that lives on uploads the same again: it stays deleted. Another version is a new one.
        Save(world.Site, "gone here", Text("gone here"));
        Assert.Equal(ConfigurationOutcome.Deleted, Assert.Single(await world.RunAsync()).Outcome);
        Save(world.Site, "gone here", Text("gone here", "new"));
        Assert.Equal(ConfigurationOutcome.Copied, Assert.Single(await world.RunAsync()).Outcome);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task What_was_interrupted_between_configuration_and_digest_is_brought_to_its_end(SiteKind kind)
    {
        using var world = new ConfigurationWorld(kind);
        foreach (var agent in new[] { "up", "down" })
            Save(world.Site, agent, Text(agent, "1"));
        await world.RunAsync();

        // As a run has left them that ended between the two files.
        Save(world.Site, "up", Text("up", "2"));
        world.Main.Write($"conf/{FileOf("up")}.conf", Text("up", "2"));
        Save(world.Main, "down", Text("down", "2"));
        world.Site.Write($"conf/{FileOf("down")}.conf", Text("down", "2"));
        world.Main.Write($"conf/{FileOf("new")}.conf", Text("new"));
        Save(world.Site, "new", Text("new"));

        await world.RunAsync();

        world.BothHave("up", Text("up", "2"));
        world.BothHave("down", Text("down", "2"));
        world.BothHave("new", Text("new"));
        Assert.Empty(world.Kept);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_pair_that_does_not_agree_is_never_carried(SiteKind kind)
    {
        using var world = new ConfigurationWorld(kind);
        Save(world.Site, "down", Text("down", "1"));
        await world.RunAsync();
        Save(world.Site, "up", Text("up"));
        world.Site.Write($"md5/{FileOf("up")}.md5", DigestOf("something else"));
        world.Main.Write($"md5/{FileOf("down")}.md5", DigestOf("something else"));
        world.Site.Write($"conf/{FileOf("lone")}.conf", Text("lone"));

        var changes = await world.RunAsync();

        Assert.Null(Read(world.Main, "up"));
        Assert.Null(Read(world.Main, "lone"));
        Assert.Equal(DigestOf(Text("down", "1")), DigestAt(world.Site, "down"));
        Assert.Equal(3, changes.Length);
        Assert.All(changes, c => Assert.Equal(ConfigurationOutcome.Incomplete, c.Outcome));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task A_change_that_its_digest_does_not_tell_yet_is_kept_before_it_is_replaced(SiteKind kind)
    {
        using var world = new ConfigurationWorld(kind);
        Save(world.Site, "up", Text("up", "1"));
        Save(world.Site, "down", Text("down", "1"));
        await world.RunAsync();
        Save(world.Site, "up", Text("up", "2"));
        world.Main.Write($"conf/{FileOf("up")}.conf", Text("up", "being saved"));
        Save(world.Main, "down", Text("down", "2"));
        world.Site.Write($"conf/{FileOf("down")}.conf", Text("down", "being sent"));

        var changes = await world.RunAsync();

        world.BothHave("up", Text("up", "2"));
        world.BothHave("down", Text("down", "2"));
        Assert.Equal([Text("down", "being sent"), Text("up", "being saved")], world.Kept.Select(File.ReadAllText).Order());
        Assert.All(changes, c => Assert.NotNull(c.KeptAs));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task One_direction_alone_leaves_the_other_as_it_is(SiteKind kind)
    {
        using var world = new ConfigurationWorld(kind);
        Save(world.Site, "up", Text("up", "1"));
        Save(world.Site, "down", Text("down", "1"));
        await world.RunAsync();
        Save(world.Site, "up", Text("up", "2"));
        Save(world.Main, "down", Text("down", "2"));

        Assert.Equal(ConfigurationDirection.Up, Assert.Single(await world.RunAsync(o => o with { IsDown = false })).Direction);
        Assert.Equal(Text("down", "1"), Read(world.Site, "down"));
        Assert.Equal(ConfigurationDirection.Down, Assert.Single(await world.RunAsync(o => o with { IsUp = false })).Direction);
        world.BothHave("down", Text("down", "2"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Nothing_is_changed_that_was_not_agreed_to(SiteKind kind)
    {
        using var world = new ConfigurationWorld(kind);
        Save(world.Site, "up", Text("up", "1"));
        Save(world.Site, "down", Text("down", "1"));
        await world.RunAsync();
        Save(world.Site, "up", Text("up", "2"));
        Save(world.Main, "down", Text("down", "2"));
        var asked = new System.Collections.Concurrent.ConcurrentQueue<(string File, string What)>();

        Assert.Empty(await world.RunAsync(o => o with
        {
            Confirm = (file, what) =>
            {
                asked.Enqueue((file, what));
                return Task.FromResult(false);
            },
        }));

        Assert.Equal(["Copy to the main side: changed at the site", "Copy to the site: changed on the main side"], asked.Select(a => a.What).Order());
        Assert.Contains($"{FileOf("up")}.conf (agent up) of {world.SiteName}", asked.Select(a => a.File));
        Assert.Equal(Text("down", "1"), Read(world.Site, "down"));
        Assert.Equal(Text("up", "1"), Read(world.Main, "up"));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Several_configurations_of_one_machine_are_agents_like_others(SiteKind kind)
    {
        using var world = new ConfigurationWorld(kind);
        Save(world.Site, "machine", Text("machine", "broker_agent first\nbroker_agent second"));
        Save(world.Site, "first", Text("first"));
        Save(world.Site, "second", Text("second"));

        Assert.Equal(3, (await world.RunAsync()).Length);

        world.BothHave("first", Text("first"));
    }

    [Fact]
    public async Task What_was_agreed_on_is_found_again_when_the_note_of_it_is_lost()
    {
        using var world = new ConfigurationWorld(SiteKind.Ours);
        Save(world.Site, "same", Text("same"));
        Save(world.Site, "changed", Text("changed", "1"));
        await world.RunAsync();
        Save(world.Main, "changed", Text("changed", "2"));
        File.Delete(world.StatePath);

        var change = Assert.Single(await world.RunAsync());

        // Nobody can tell which is older, so the other one is kept.
        Assert.Equal(("changed", ConfigurationDirection.Down), (change.Agent, change.Direction));
        Assert.Equal(Text("changed", "1"), await File.ReadAllTextAsync(change.KeptAs!));
        world.BothHave("changed", Text("changed", "2"));
        Save(world.Main, "same", Text("same", "2"));
        Assert.Null(Assert.Single(await world.RunAsync()).KeptAs);
    }

    [Fact]
    public async Task A_torn_line_of_the_note_is_passed_over_and_what_follows_is_read()
    {
        using var world = new ConfigurationWorld(SiteKind.Ours);
        foreach (var agent in new[] { "a", "b", "c" })
            Save(world.Site, agent, Text(agent));
        await world.RunAsync();
        var lines = await File.ReadAllLinesAsync(world.StatePath);
        Assert.Equal(4, lines.Length);
        lines[2] = lines[2][..^7];
        await File.WriteAllTextAsync(world.StatePath, string.Join('\n', lines) + "\n1234");
        Save(world.Main, "a", Text("a", "2"));

        Assert.Single(await world.RunAsync());

        Assert.Contains(world.Story, s => s.StartsWith("2 lines of", StringComparison.Ordinal));
        Assert.Equal(4, (await File.ReadAllLinesAsync(world.StatePath)).Length);
    }

    [Fact]
    public async Task What_comes_up_has_the_rights_of_what_it_replaces_or_of_its_folder()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Rights are Linux's.");
        if (!OperatingSystem.IsLinux())
            return;
        using var world = new ConfigurationWorld(SiteKind.Ours);
        const UnixFileMode folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;
        const UnixFileMode file = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        File.SetUnixFileMode(world.Main["conf"], folder);
        Save(world.Site, "web01", Text("web01", "1"));
        await world.RunAsync();
        var path = world.Main[$"conf/{FileOf("web01")}.conf"];
        Assert.Equal(file, File.GetUnixFileMode(path));

        File.SetUnixFileMode(path, file | UnixFileMode.OtherRead);
        Save(world.Site, "web01", Text("web01", "2"));
        await world.RunAsync();
        Assert.Equal(file | UnixFileMode.OtherRead, File.GetUnixFileMode(path));
    }
}
