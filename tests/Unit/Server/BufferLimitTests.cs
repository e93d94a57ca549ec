using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.Server;
using PandoraSync.Server.Storage;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Server;

/// <summary>A buffer that nobody empties stays within its limits, and takes files again as soon as there is room.</summary>
public sealed class BufferLimitTests
{
    private const string Full = "SEND ERR (buffer is full)";
    private static readonly byte[] Content = AgentData.Noise(1, 1000);

    [Fact]
    public void Over_the_number_of_files_new_ones_are_refused_until_some_are_taken()
    {
        using var ours = With(new BufferLimits { MaxFiles = 3 });
        using var client = new PlainClient(ours.Port);
        Assert.Equal(["SEND OK", "SEND OK", "SEND OK", Full, Full], Send(client, 5));
        Assert.Equal(Content, client.Mv("a.1.data"));
        Assert.Equal("SEND OK", client.Send("b.1.data", Content));
        Assert.Equal(Full, client.Send("b.2.data", Content));
        Assert.Equal(["a.2.data", "a.3.data", "b.1.data"], ours.Buffer.FileNames());
        Assert.Equal(2, ours.Log.Count(e => e.Text.Contains("is at its limit", StringComparison.Ordinal)));
        Assert.Single(ours.Log, e => e.Text.Contains("there is room again", StringComparison.Ordinal));
    }

    [Fact]
    public void Over_the_number_of_bytes_new_files_are_refused_and_smaller_ones_still_fit()
    {
        using var ours = With(new BufferLimits { MaxBytes = 2500 });
        using var client = new PlainClient(ours.Port);
        Assert.Equal(["SEND OK", "SEND OK", Full], Send(client, 3));
        Assert.Equal("SEND OK", client.Send("small.data", Content[..500]));
    }

    [Fact]
    public void What_lay_there_before_the_start_counts_and_so_do_the_folders()
    {
        using var ours = With(new BufferLimits { MaxFiles = 2 }, o => o with { Filters = FolderFilters.Parse(@"\.conf$:conf") });
        ours.Buffer.Write("old.data", Content);
        ours.Buffer.Write("conf/old.conf", Content);
        using var client = new PlainClient(ours.Port);
        Assert.Equal(Full, client.Send("a.1.data", Content));
    }

    [Fact]
    public void Of_more_files_under_way_than_there_is_room_for_the_last_to_be_whole_is_refused()
    {
        using var ours = With(new BufferLimits { MaxFiles = 1 });
        using var first = new PlainClient(ours.Port);
        using var second = new PlainClient(ours.Port);
        Assert.Equal("SEND OK", first.Ask("SEND <a.1.data> SIZE 1000"));
        Assert.Equal("SEND OK", second.Send("a.2.data", Content));
        first.Say(Content);
        Assert.Equal(Full, first.ReadLine());
        Assert.Equal(["a.2.data"], ours.Buffer.FileNames());
    }

    [Fact]
    public async Task The_room_of_a_file_whose_sender_breaks_off_is_free_again()
    {
        using var ours = With(new BufferLimits { MaxFiles = 1 });
        using (var first = new PlainClient(ours.Port))
            Assert.Equal("SEND OK", first.Ask("SEND <a.1.data> SIZE 1000"));
        await Eventually.BecomesTrue(() => ours.Server.Counters.Connections == 0, "the sender is gone");
        using var second = new PlainClient(ours.Port);
        Assert.Equal("SEND OK", second.Send("a.2.data", Content));
    }

    [Fact]
    public void An_archive_that_unpacks_over_the_limit_is_refused()
    {
        using var ours = With(new BufferLimits { MaxBytes = 50_000 });
        using var client = new PlainClient(ours.Port);
        var archive = StockZip.Pack(new byte[200_000], "x");
        Assert.Equal("ZSEND OK", client.Ask($"ZSEND <a.1.data> SIZE {archive.Length}"));
        client.Say(archive);
        Assert.Equal("ZSEND ERR (buffer is full)", client.ReadLine());
        Assert.Empty(ours.Buffer.FileNames());
    }

    [Fact]
    public void On_request_the_oldest_files_make_room()
    {
        using var ours = With(new BufferLimits { MaxFiles = 3, DropOldest = true });
        for (var i = 1; i <= 3; i++)
            File.SetLastWriteTimeUtc(ours.Buffer.Write($"old.{i}.data", Content), DateTime.UtcNow.AddHours(-i));
        using var client = new PlainClient(ours.Port);
        Assert.Equal(["SEND OK", "SEND OK"], Send(client, 2));
        Assert.Equal(["a.1.data", "a.2.data", "old.1.data"], ours.Buffer.FileNames());
        Assert.Equal(2, ours.Log.Count(e => e.Text.Equals("the buffer is full: the 1 oldest files (1000 bytes) were deleted to make room", StringComparison.Ordinal)));
    }

    [Fact]
    public void No_file_is_dropped_for_one_that_would_not_fit_even_then()
    {
        using var ours = With(new BufferLimits { MaxBytes = 10_000, DropOldest = true });
        for (var i = 1; i <= 5; i++)
            ours.Buffer.Write($"old.{i}.data", Content);
        using var client = new PlainClient(ours.Port);
        Assert.Equal(Full, client.Ask("SEND <large.data> SIZE 20000"));
        Assert.Equal(5, ours.Buffer.FileNames().Length);
    }

    [Fact]
    public void A_file_that_replaces_another_needs_no_place_of_its_own()
    {
        using var ours = With(new BufferLimits { MaxFiles = 3 }, o => o with { Overwrite = true });
        using var client = new PlainClient(ours.Port);
        for (var i = 0; i < 10; i++)
            Assert.Equal("SEND OK", client.Send("a.1.data", Content));
        Assert.Equal(["SEND OK", "SEND OK", "SEND OK"], Send(client, 3));
    }

    [Fact]
    public void A_file_that_replaces_another_fits_into_a_full_buffer()
    {
        using var ours = With(new BufferLimits { MaxFiles = 3, MaxBytes = 3500 }, o => o with { Overwrite = true });
        using var client = new PlainClient(ours.Port);
        Assert.Equal(["SEND OK", "SEND OK", "SEND OK", Full], Send(client, 4));
        Assert.Equal("SEND OK", client.Send("a.2.data", AgentData.Noise(2, 1500)));
        Assert.Equal(Full, client.Send("a.3.data", AgentData.Noise(3, 1001)));
        Assert.Equal(["a.1.data", "a.2.data", "a.3.data"], ours.Buffer.FileNames());
    }

    [Fact]
    public void An_archive_unpacks_only_into_what_need_not_stay_free()
    {
        using var disk = new SmallDisk(megabytes: 8);
        using var server = OnDisk(disk, minFree: 5 * 1024 * 1024);
        using var client = new PlainClient(server.Endpoints[0].Port);
        var archive = StockZip.Pack(new byte[6_000_000], "x");
        Assert.Equal("ZSEND OK", client.Ask($"ZSEND <a.1.data> SIZE {archive.Length}"));
        client.Say(archive);
        Assert.Equal("ZSEND ERR (no space left)", client.ReadLine());
        Assert.Equal("SEND OK", client.Send("a.2.data", Content));
    }

    [Fact]
    public void An_archive_is_packed_only_into_what_need_not_stay_free()
    {
        using var disk = new SmallDisk(megabytes: 4);
        disk.Folder.Write("a.1.data", AgentData.Noise(1, 1_500_000));
        using var server = OnDisk(disk, minFree: 2 * 1024 * 1024);
        using var client = new PlainClient(server.Endpoints[0].Port);
        Assert.Equal("ZRECV ERR (no space left)", client.Ask("ZRECV <a.1.data>"));
        Assert.Equal("RECV SIZE 1500000", client.Ask("RECV <a.1.data>"));
    }

    [Fact]
    public void A_clock_that_was_ahead_at_the_start_and_is_set_right_makes_no_file_old()
    {
        using var folder = new TempFolder();
        folder.Write("a.data", Content);
        var now = DateTime.UtcNow.AddDays(3);
        var quota = new BufferQuota(new BufferLimits { MaxAge = TimeSpan.FromDays(1), DropOldest = true }, folder.Path, [folder.Path], _ => true, (_, _) => { }, () => now);
        now = DateTime.UtcNow;
        Assert.True(quota.MakeRoom(1000, files: 1));
        Assert.True(folder.Has("a.data"));
    }

    [Fact]
    public void Refusing_for_age_ends_when_the_old_file_is_taken()
    {
        using var ours = With(new BufferLimits { MaxAge = TimeSpan.FromDays(1) });
        File.SetLastWriteTimeUtc(ours.Buffer.Write("old.data", Content), DateTime.UtcNow.AddDays(-2));
        using var client = new PlainClient(ours.Port);
        Assert.Equal(Full, client.Send("a.1.data", Content));
        Assert.Equal(Content, client.Mv("old.data"));
        Assert.Equal("SEND OK", client.Send("a.1.data", Content));
    }

    [Fact]
    public void A_file_that_is_being_moved_is_not_dropped()
    {
        using var ours = With(new BufferLimits { MaxFiles = 2, DropOldest = true });
        File.SetLastWriteTimeUtc(ours.Buffer.Write("old.1.data", Content), DateTime.UtcNow.AddHours(-1));
        ours.Buffer.Write("old.2.data", Content);
        using var mover = new PlainClient(ours.Port);
        Assert.Equal("MV SIZE 1000", mover.Ask("MV <old.1.data>"));
        using var client = new PlainClient(ours.Port);
        Assert.Equal("SEND OK", client.Send("a.1.data", Content));
        Assert.Equal(["a.1.data", "old.1.data"], ours.Buffer.FileNames());
    }

    [Fact]
    public void While_a_file_is_older_than_the_age_limit_new_ones_are_refused()
    {
        using var ours = With(new BufferLimits { MaxAge = TimeSpan.FromDays(1) });
        var old = ours.Buffer.Write("old.data", Content);
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddDays(-2));
        using var client = new PlainClient(ours.Port);
        Assert.Equal(Full, client.Send("a.1.data", Content));
        Assert.True(ours.Buffer.Has("old.data"));
    }

    [Fact]
    public void A_clock_that_jumps_makes_no_file_old()
    {
        using var folder = new TempFolder();
        folder.Write("a.data", Content);
        var now = DateTime.UtcNow;
        var quota = new BufferQuota(new BufferLimits { MaxAge = TimeSpan.FromDays(1), DropOldest = true }, folder.Path, [folder.Path], _ => true, (_, _) => { }, () => now);
        now = now.AddYears(3);
        Assert.True(quota.MakeRoom(1000, files: 1));
        Assert.True(folder.Has("a.data"));
    }

    [Fact]
    public void A_disk_that_is_nearly_full_takes_no_new_files_until_there_is_room()
    {
        using var disk = new SmallDisk(megabytes: 4);
        using var server = OnDisk(disk, minFree: 2 * 1024 * 1024);
        using var client = new PlainClient(server.Endpoints[0].Port);
        var large = AgentData.Noise(2, 900_000);
        Assert.Equal("SEND OK", client.Send("a.1.data", large));
        Assert.Equal("SEND OK", client.Send("a.2.data", large));
        Assert.Equal("SEND ERR (no space left)", client.Send("a.3.data", large));
        Assert.Equal(large, client.Mv("a.1.data"));
        Assert.Equal("SEND OK", client.Send("a.3.data", large));
    }

    [Fact]
    public void A_disk_that_is_full_all_the_same_costs_no_file()
    {
        using var disk = new SmallDisk(megabytes: 2);
        using var server = OnDisk(disk, minFree: 0);
        using var client = new PlainClient(server.Endpoints[0].Port);
        var answers = Enumerable.Range(1, 4).Select(i => client.Send($"a.{i}.data", AgentData.Noise(i, 900_000))!).ToArray();
        Assert.Equal(["SEND OK", "SEND OK", "SEND ERR (no space left)", "SEND ERR (no space left)"], answers);
        for (var i = 1; i <= 2; i++)
            Assert.Equal(AgentData.Noise(i, 900_000), disk.Folder.Read($"a.{i}.data"));
        disk.Resize(megabytes: 8);
        Assert.Equal("SEND OK", client.Send("a.3.data", AgentData.Noise(3, 900_000)));
    }

    private static TentacleServer OnDisk(SmallDisk disk, long minFree) => TentacleServer.Start(
        new TentacleServerOptions(disk.Path) { Addresses = ["127.0.0.1"], Port = 0, AllowListing = true, Limits = new BufferLimits { MinFreeBytes = minFree } });

    private static OurServer With(BufferLimits limits, Func<TentacleServerOptions, TentacleServerOptions>? change = null) =>
        new(o => (change ?? (x => x))(o) with { Limits = limits });

    private static string[] Send(PlainClient client, int count) => [.. Enumerable.Range(1, count).Select(i => client.Send($"a.{i}.data", Content)!)];
}
