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

/// <summary>Commands go down once, whatever breaks.</summary>
public sealed class CommandTests
{
    private static readonly string File1 = $"{FileOf("web01")}.rcmd";

    public static TheoryData<SiteKind> Kinds => ConfigurationRunTests.Kinds;

    [Theory, MemberData(nameof(Kinds))]
    public async Task Those_for_agents_of_the_site_go_once_and_others_stay(SiteKind kind)
    {
        using var world = new ConfigurationWorld(kind);
        Save(world.Site, "web01", Text("web01", "cmd_file ref_7"));
        foreach (var name in new[] { File1, $"{FileOf("web01")}_2.rcmd", "ref_7.rcmd", $"{FileOf("elsewhere")}.rcmd", "ref_8.rcmd" })
            WriteCommand(world, name, "uptime");

        var sent = (await world.RunAsync()).Where(c => c.Kind == ConfigurationKind.Command).ToArray();

        string[] expected = [File1, $"{FileOf("web01")}_2.rcmd", "ref_7.rcmd"];
        Assert.Equal(expected.Order(StringComparer.Ordinal), sent.Select(c => c.File).Order(StringComparer.Ordinal));
        Assert.Equal(expected.Order(StringComparer.Ordinal), Directory.GetFiles(world.Site["commands"]).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal));
        Assert.All(sent, c => Assert.Equal(ConfigurationOutcome.Copied, c.Outcome));

        // Whoever has run it takes it away.
        foreach (var path in Directory.GetFiles(world.Site["commands"]))
            File.Delete(path);
        Assert.Empty(await world.RunAsync());
        Assert.Empty(Directory.GetFiles(world.Site["commands"]));

        // Another content is another command.
        WriteCommand(world, File1, "df");
        Assert.Equal(File1, Assert.Single(await world.RunAsync()).File);
    }

    [Theory]
    [InlineData(StockPoint.Command, false)]
    [InlineData(StockPoint.Replied, false)]
    [InlineData(StockPoint.HalfStored, false)]
    [InlineData(StockPoint.Reply, true)]
    public async Task One_that_was_interrupted_is_never_sent_again_without_being_seen(StockPoint point, bool isLast)
    {
        var cut = false;
        Func<bool> hasArrived = () => false;
        using var world = new ConfigurationWorld(SiteKind.Stock, onStep: moment =>
        {
            if (!cut || moment.Point != point || !moment.Command.StartsWith($"SEND <{File1}>", StringComparison.Ordinal) || (isLast && !hasArrived()))
                return;
            cut = false;
            moment.Reset();
        });
        hasArrived = () => world.Site.Has($"commands/{File1}");
        Save(world.Site, "web01", Text("web01"));
        await world.RunAsync();
        WriteCommand(world, File1, "uptime");
        cut = true;

        var first = Assert.Single(await world.RunAsync());

        // There, it has arrived; not there, it may have been run and taken away.
        var isWhole = hasArrived() && world.Site.Read($"commands/{File1}").Length == "uptime".Length;
        Assert.Equal(isWhole ? ConfigurationOutcome.Copied : ConfigurationOutcome.Unconfirmed, first.Outcome);
        var commands = world.StockCommands.Count(IsSend);
        var second = await world.RunAsync();
        Assert.Equal(commands, world.StockCommands.Count(IsSend));
        Assert.Equal(isWhole ? 0 : 1, second.Length);
        if (!isWhole)
            Assert.Contains("never run twice", second[0].Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_a_killed_run_had_noted_is_not_sent_again()
    {
        using var world = new ConfigurationWorld(SiteKind.Ours);
        Save(world.Site, "web01", Text("web01"));
        await world.RunAsync();
        WriteCommand(world, File1, "uptime");
        using (var note = PandoraSync.RemoteConfiguration.Ends.AgreementFile.Open(world.StatePath))
            note.Add(new PandoraSync.RemoteConfiguration.Ends.AgreedFile(ConfigurationKind.Command, FileOf("web01"), DigestOf("uptime"), PandoraSync.RemoteConfiguration.Ends.AgreedState.Sending), isLasting: true);

        Assert.Equal(ConfigurationOutcome.Unconfirmed, Assert.Single(await world.RunAsync()).Outcome);

        Assert.Empty(Directory.GetFiles(world.Site["commands"]));
    }

    [Fact]
    public async Task One_that_was_refused_goes_when_it_is_taken()
    {
        using var world = new ConfigurationWorld(SiteKind.Stock, maxFileBytes: 200);
        Save(world.Site, "web01", Text("web01"));
        WriteCommand(world, File1, new string('x', 300));
        Assert.Equal(TentacleErrorKind.Refused, Assert.Single(await world.RunAsync(), c => c.Kind == ConfigurationKind.Command).Error!.Kind);
        WriteCommand(world, File1, "short");

        Assert.Equal(ConfigurationOutcome.Copied, Assert.Single(await world.RunAsync()).Outcome);
    }

    [Fact]
    public async Task One_that_is_at_the_site_is_known_when_the_note_of_it_is_lost()
    {
        using var world = new ConfigurationWorld(SiteKind.Ours);
        Save(world.Site, "web01", Text("web01"));
        WriteCommand(world, File1, "uptime");
        await world.RunAsync();
        File.Delete(world.StatePath);

        Assert.Empty(await world.RunAsync());
    }

    [Fact]
    public async Task One_that_was_deleted_is_removed_at_the_site_when_asked_for_and_stays_known()
    {
        using var world = new ConfigurationWorld(SiteKind.Ours);
        Save(world.Site, "web01", Text("web01"));
        WriteCommand(world, File1, "uptime");
        await world.RunAsync();
        File.Delete(world.Main[$"commands/{File1}"]);

        Assert.Empty(await world.RunAsync());
        Assert.Equal(ConfigurationOutcome.Removed, Assert.Single(await world.RunAsync(o => o with { RemoveDeleted = true })).Outcome);
        Assert.Empty(Directory.GetFiles(world.Site["commands"]));
        WriteCommand(world, File1, "uptime");
        Assert.Empty(await world.RunAsync());
    }

    private static bool IsSend(string command) => command.StartsWith($"SEND <{File1}>", StringComparison.Ordinal);

    /// <summary>A command that was written some time ago.</summary>
    private static void WriteCommand(ConfigurationWorld world, string name, string content) =>
        File.SetLastWriteTimeUtc(world.Main.Write($"commands/{name}", content), DateTime.UtcNow.AddMinutes(-1));
}
