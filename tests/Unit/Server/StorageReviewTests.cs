using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Native;
using PandoraSync.Protocol;
using PandoraSync.Server;
using PandoraSync.Server.Storage;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Server;

/// <summary>What hostile senders, takers and askers must not be able to do to a buffer.</summary>
public sealed class StorageReviewTests
{
    private const string Full = "SEND ERR (buffer is full)";
    private const string NoSpace = "SEND ERR (no space left)";
    private const long Reserve = TentacleLimits.DefaultMinFreeBytes;

    [Fact]
    public async Task Review02_Of_many_senders_and_takers_of_one_name_no_confirmed_file_is_lost_or_given_twice()
    {
        // PANDORASYNC_RACE_SECONDS=120 for the long form.
        var seconds = int.Parse(Environment.GetEnvironmentVariable("PANDORASYNC_RACE_SECONDS") ?? "5", CultureInfo.InvariantCulture);
        using var ours = new OurServer();
        using var race = new OneNameRace(ours.Port, TimeSpan.FromSeconds(seconds));
        await race.RunAsync(senders: 10, takers: 3);
        await Eventually.BecomesTrue(() => ours.Server.Counters.Connections == 0, "all sessions have ended");
        var left = ours.Buffer.FileNames().Select(n => Convert.ToHexString(ours.Buffer.Read(n)));
        TestContext.Current.TestOutputHelper?.WriteLine($"{race.Confirmed.Count} confirmed, {race.Taken.Count} taken");
        Assert.NotEmpty(race.Taken);
        Assert.DoesNotContain(race.Taken.GroupBy(t => t, StringComparer.Ordinal), g => g.Count() > 1);
        Assert.Equal(race.Confirmed.Order(StringComparer.Ordinal), race.Taken.Concat(left).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Review02_With_overwrite_takers_get_only_what_was_confirmed_and_each_once()
    {
        using var ours = new OurServer(o => o with { Overwrite = true });
        using var race = new OneNameRace(ours.Port, TimeSpan.FromSeconds(3));
        await race.RunAsync(senders: 5, takers: 3);
        Assert.NotEmpty(race.Taken);
        Assert.DoesNotContain(race.Taken.GroupBy(t => t, StringComparer.Ordinal), g => g.Count() > 1);
        Assert.Empty(race.Taken.Except(race.Confirmed, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Review02_A_file_that_is_stored_while_another_of_its_name_is_taken_is_not_replaced_by_a_third()
    {
        using var disk = new SmallDisk(megabytes: 64);
        using var storage = new BufferStorage(new TentacleServerOptions(disk.Path), (_, _) => { });
        var race = new StorageRace(storage, disk.Path);
        await race.RunAsync(TimeSpan.FromSeconds(5));
        TestContext.Current.TestOutputHelper?.WriteLine($"{race.Rounds} rounds");
        Assert.Empty(race.Lost);
    }

    [Fact]
    public void Review03_Announcements_without_content_delete_no_file()
    {
        using var ours = new OurServer(o => o with { Limits = new BufferLimits { MaxBytes = 20_000_000, DropOldest = true } });
        for (var i = 0; i < 10; i++)
            ours.Buffer.Write($"old.{i}.data", new byte[1_900_000]);
        var before = ours.Buffer.FileNames();
        var clients = Enumerable.Range(0, 9).Select(_ => new PlainClient(ours.Port)).ToArray();
        for (var i = 0; i < clients.Length; i++)
            Assert.Equal("SEND OK", clients[i].Ask($"SEND <new.{i}.data> SIZE 2000000"));
        Assert.Equal(before, ours.Buffer.FileNames());
        Array.ForEach(clients, c => c.Dispose());
    }

    [Fact]
    public async Task Review03_Nothing_is_dropped_for_a_file_that_breaks_off_before_its_last_byte_and_the_oldest_for_one_that_is_whole()
    {
        using var ours = new OurServer(o => o with { Limits = new BufferLimits { MaxFiles = 2, DropOldest = true } });
        File.SetLastWriteTimeUtc(ours.Buffer.Write("old.1.data", "1"), DateTime.UtcNow.AddHours(-2));
        File.SetLastWriteTimeUtc(ours.Buffer.Write("old.2.data", "2"), DateTime.UtcNow.AddHours(-1));
        using (var broken = new PlainClient(ours.Port))
        {
            Assert.Equal("SEND OK", broken.Ask("SEND <new.1.data> SIZE 1000"));
            broken.Say(new byte[999]);
        }

        await Eventually.BecomesTrue(() => ours.Server.Counters is { Connections: 0, Errors: 1 }, "the broken connection is noted");
        Assert.Equal(["old.1.data", "old.2.data"], ours.Buffer.FileNames());
        using var whole = new PlainClient(ours.Port);
        Assert.Equal("SEND OK", whole.Send("new.1.data", new byte[1000]));
        Assert.Equal(["new.1.data", "old.2.data"], ours.Buffer.FileNames());
    }

    [Theory]
    [InlineData("SEND", 0)]
    [InlineData("SEND", 500_000)]
    [InlineData("ZSEND", 0)]
    public void Review03_Files_that_never_come_to_their_end_keep_no_room_from_others(string verb, int bytes)
    {
        using var ours = new OurServer(o => o with { Limits = new BufferLimits { MaxBytes = 20_000_000, MaxFiles = 10 } });
        var slow = Enumerable.Range(0, 10).Select(_ => new PlainClient(ours.Port)).ToArray();
        for (var i = 0; i < slow.Length; i++)
        {
            Assert.Equal($"{verb} OK", slow[i].Ask($"{verb} <slow.{i}.data> SIZE 2000000"));
            slow[i].Say(new byte[bytes]);
        }

        using var honest = new PlainClient(ours.Port, from: IPAddress.Parse("127.0.0.2"));
        for (var i = 0; i < 10; i++)
            Assert.Equal("SEND OK", honest.Send($"a.{i}.data", AgentData.Noise(i, 2_000_000)));
        Assert.Equal(Full, honest.Ask("SEND <a.10.data> SIZE 1"));
        Array.ForEach(slow, c => c.Dispose());
    }

    [Fact]
    public void Review03_Announcements_without_content_keep_no_disk_space_from_others()
    {
        using var disk = new SmallDisk(megabytes: 30);
        using var server = OnDisk(disk);
        var slow = Enumerable.Range(0, 10).Select(_ => new PlainClient(server.Endpoints[0].Port)).ToArray();
        for (var i = 0; i < slow.Length; i++)
        {
            var verb = i % 2 == 0 ? "SEND" : "ZSEND";
            Assert.Equal($"{verb} OK", slow[i].Ask($"{verb} <slow.{i}.data> SIZE 2000000"));
        }

        using var honest = new PlainClient(server.Endpoints[0].Port, from: IPAddress.Parse("127.0.0.2"));
        for (var i = 0; i < 5; i++)
            Assert.Equal("SEND OK", honest.Send($"a.{i}.data", AgentData.Noise(i, 2_000_000)));
        Array.ForEach(slow, c => c.Dispose());
    }

    [Fact]
    public void Review03_The_unfinished_files_of_one_address_leave_others_as_much_of_the_disk_as_they_take()
    {
        using var disk = new SmallDisk(megabytes: 56);
        using var server = OnDisk(disk, o => o with { MaxFileBytes = 50_000_000 });
        var port = server.Endpoints[0].Port;
        var greedy = Enumerable.Range(0, 4).Select(_ => new PlainClient(port, from: IPAddress.Parse("127.0.0.2"))).ToArray();
        for (var i = 0; i < greedy.Length; i++)
            Assert.Equal("SEND OK", greedy[i].Ask($"SEND <slow.{i}.data> SIZE 12000000"));
        Array.ForEach(greedy, c => c.Say(new byte[11_900_000]));

        using var honest = new PlainClient(port, from: IPAddress.Parse("127.0.0.3"));
        for (var i = 0; i < 8; i++)
            Assert.Equal("SEND OK", honest.Send($"a.{i}.data", AgentData.Noise(i, 2_000_000)));
        Assert.True(FileSystemCalls.FreeBytes(disk.Path) >= Reserve);
        Array.ForEach(greedy, c => c.Dispose());
    }

    [Fact]
    public async Task Review03_Many_files_that_come_at_once_leave_the_reserve_free_at_every_moment()
    {
        const int bytes = 1_900_000;
        using var disk = new SmallDisk(megabytes: 24);
        using var server = OnDisk(disk);
        var clients = Enumerable.Range(0, 12).Select(i => new PlainClient(server.Endpoints[0].Port, from: IPAddress.Parse($"127.0.0.{i + 2}"))).ToArray();

        // Each would fit alone, so that none is refused beforehand.
        for (var i = 0; i < clients.Length; i++)
            Assert.Equal("SEND OK", clients[i].Ask($"SEND <a.{i}.data> SIZE {bytes}"));
        var least = long.MaxValue;
        using var done = new CancellationTokenSource();
        var watch = OnThread(() =>
        {
            while (!done.IsCancellationRequested)
                least = Math.Min(least, FileSystemCalls.FreeBytes(disk.Path)!.Value);
            return true;
        });
        var answers = await Task.WhenAll(clients.Select((c, i) => OnThread(() =>
        {
            c.Say(AgentData.Noise(i, bytes));
            return c.ReadLine()!;
        })));
        await done.CancelAsync();
        await watch;
        Array.ForEach(clients, c => c.Dispose());
        Assert.InRange(least, Reserve, Reserve + 8_000_000);
        Assert.Equal(["SEND ERR (no space left)", "SEND OK"], answers.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.Equal(answers.Count(a => a.EndsWith(" OK", StringComparison.Ordinal)), disk.Folder.FileNames().Length);
    }

    [Theory]
    [InlineData("a$1.data")]
    [InlineData("x(1).data")]
    [InlineData("a|b.data")]
    [InlineData("a&b.data")]
    [InlineData("a`b.data")]
    [InlineData("a\"b.data")]
    [InlineData("a#b.data")]
    [InlineData("a!b.data")]
    [InlineData("a{b}.data")]
    [InlineData("a^b.data")]
    [InlineData("a%b.data")]
    [InlineData("a\uFFFDb.data")]
    [InlineData(".hidden")]
    [InlineData("conf")]
    [InlineData("md5")]
    [InlineData("collections")]
    [InlineData("trans")]
    [InlineData("commands")]
    public void Review04_A_name_that_nobody_will_ask_for_is_refused(string name)
    {
        using var ours = new OurServer();
        using var client = new PlainClient(ours.Port);
        Assert.Equal("SEND ERR (invalid file name)", client.Ask($"SEND <{name}> SIZE 1"));
        Assert.Equal("ZSEND ERR (invalid file name)", client.Ask($"ZSEND <{name}> SIZE 1"));
        Assert.Empty(ours.Buffer.FileNames());
    }

    [Fact]
    public void Review04_What_honest_agents_send_is_stored()
    {
        using var ours = new OurServer(o => o with { Filters = FolderFilters.Parse(@".*\.conf:conf;.*\.md5:md5;.*\.zip:collections;.*\.lock:trans;.*\.rcmd:commands") });
        using var client = new PlainClient(ours.Port);
        string[] names = ["0123456789abcdef0123456789abcdef.1760000000.data", "my agent_2.1760000000.data", "B\u00FCro.1.data", "a.conf", "a.md5", "a.zip", "a.lock", "a.rcmd", "conf.1.data", "Conf"];
        Assert.All(names, n => Assert.Equal("SEND OK", client.Send(n, "x"u8.ToArray())));
    }

    [Fact]
    public async Task Review10_A_line_that_comes_again_and_again_is_written_once_with_their_number()
    {
        using var ours = new OurServer();
        using (var client = new PlainClient(ours.Port))
            AskAhead(client, 20_000, _ => "missing.data");
        await Eventually.BecomesTrue(() => ours.Server.Counters.Connections == 0, "the session has ended");
        var about = ours.Log.Select(e => e.Text).Where(t => t.Contains("missing.data", StringComparison.Ordinal) || t.Contains("repeated", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, about.Length);
        Assert.EndsWith("was refused RECV <missing.data>: file does not exist", about[0], StringComparison.Ordinal);
        Assert.EndsWith("was refused RECV <missing.data>: file does not exist (repeated 19999 times)", about[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Review10_What_one_address_can_have_written_is_bounded_and_the_rest_is_counted()
    {
        using var ours = new OurServer();
        for (var connection = 0; connection < 3; connection++)
        {
            using var client = new PlainClient(ours.Port);
            AskAhead(client, 5000, i => $"missing.{connection}.{i}.data");
        }

        ours.Server.Dispose();
        var refused = ours.Log.Count(e => e.Text.Contains("was refused", StringComparison.Ordinal));
        Assert.InRange(refused, 100, 1000);
        var leftOut = ours.Log.Select(e => e.Text).Where(t => t.Contains("lines about 127.0.0.1 were left out", StringComparison.Ordinal))
            .Sum(t => long.Parse(t.Split(' ')[0], CultureInfo.InvariantCulture));
        Assert.Equal(15_000, refused + leftOut);
    }

    [Fact]
    public void Review10_A_flood_of_addresses_is_forgotten_again_and_what_it_left_out_is_counted()
    {
        var lines = 0L;
        var leftOut = 0L;
        var limiter = new LogLimiter((_, text) =>
        {
            if (text.Contains("were left out", StringComparison.Ordinal))
                leftOut += long.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture);
            else
                lines++;
        }, () => TimeSpan.FromSeconds(1));
        for (var address = 0; address < 3000; address++)
        {
            using var log = limiter.For(new IPAddress([10, 0, (byte)(address >> 8), (byte)address]));
            for (var i = 0; i < 150; i++)
                log.Write(TentacleLogLevel.Error, $"refused {i}");
        }

        limiter.Flush();
        Assert.Equal((300_000L, 150_000L), (lines, leftOut));
    }

    [Fact]
    public void Review10_Files_that_came_and_went_are_still_written_one_by_one()
    {
        using var ours = new OurServer();
        using (var client = new PlainClient(ours.Port))
        {
            for (var i = 0; i < 500; i++)
                Assert.Equal("SEND OK", client.Send($"a.{i}.data", "x"u8.ToArray()));
        }

        Assert.Equal(500, ours.Log.Count(e => e.Text.Contains(" sent 'a.", StringComparison.Ordinal)));
    }

    [Fact]
    public void Review11_Files_of_one_byte_leave_inodes_free()
    {
        using var disk = new SmallDisk(megabytes: 32, inodes: 2000);
        using var server = OnDisk(disk);
        using var client = new PlainClient(server.Endpoints[0].Port);
        var answers = Enumerable.Range(0, 2100).Select(i => client.Send($"a.{i}.data", "x"u8.ToArray())).ToList();
        Assert.Equal(NoSpace, answers[^1]);
        Assert.Contains(NoSpace, answers.Where(a => !string.Equals(a, "SEND OK", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal));
        for (var i = 0; i < 100; i++)
            disk.Folder.Write($"others.{i}", "x");
        Assert.NotNull(client.Mv("a.1.data"));
    }

    [Fact]
    public void Review12_A_long_listing_takes_only_what_need_not_stay_free()
    {
        using var disk = new SmallDisk(megabytes: 32);
        for (var i = 0; i < 8000; i++)
            disk.Folder.Write($"{new string('n', 200)}.{i}.data", string.Empty);
        var free = FileSystemCalls.FreeBytes(disk.Path)!.Value;
        using (var enough = OnDisk(disk, o => o with { Limits = new BufferLimits { MinFreeBytes = free - 4_000_000 } }))
        using (var client = new PlainClient(enough.Endpoints[0].Port))
            Assert.Equal(8000, client.Ls()!.Length);
        using (var tooLittle = OnDisk(disk, o => o with { Limits = new BufferLimits { MinFreeBytes = free - 1_000_000 } }))
        using (var client = new PlainClient(tooLittle.Endpoints[0].Port))
            Assert.Equal("LS ERR (no space left)", client.Ask("LS <>"));
    }

    [Fact]
    public void Review12_Long_listings_that_nobody_takes_leave_others_their_share_of_the_disk()
    {
        using var disk = new SmallDisk(megabytes: 32);
        for (var i = 0; i < 5000; i++)
            disk.Folder.Write($"{new string('n', 200)}.{i}.data", string.Empty);
        var free = FileSystemCalls.FreeBytes(disk.Path)!.Value;
        using var server = OnDisk(disk, o => o with { Limits = new BufferLimits { MinFreeBytes = free - 8_000_000 } });
        var slow = Enumerable.Range(0, 10).Select(_ => new PlainClient(server.Endpoints[0].Port, from: IPAddress.Parse("127.0.0.2"))).ToArray();
        Assert.Contains("LS ERR (no space left)", slow.Select(s => s.Ask("LS <>")).ToArray());
        using var honest = new PlainClient(server.Endpoints[0].Port, from: IPAddress.Parse("127.0.0.3"));
        Assert.Equal("SEND OK", honest.Send("a.1.data", AgentData.Noise(1, 1_900_000)));
        Array.ForEach(slow, c => c.Dispose());
    }

    private static TentacleServer OnDisk(SmallDisk disk, Func<TentacleServerOptions, TentacleServerOptions>? change = null) =>
        TentacleServer.Start((change ?? (o => o))(new TentacleServerOptions(disk.Path) { Addresses = ["127.0.0.1"], Port = 0, AllowListing = true, MaxConnections = 100 }));

    private static Task<T> OnThread<T>(Func<T> action) => Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Asks for many files before the first answer, and waits for the last.</summary>
    private static void AskAhead(PlainClient client, int count, Func<int, string> name)
    {
        var sending = Task.Run(() =>
        {
            for (var i = 0; i < count; i++)
                client.Say($"RECV <{name(i)}>\n");
        });
        for (var i = 0; i < count; i++)
            Assert.Equal("RECV ERR (file does not exist)", client.ReadLine());
        sending.GetAwaiter().GetResult();
    }
}
