using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Sync.Continuous;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Sync.Continuous;

public sealed class ContinuousSyncTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Each_round_takes_what_has_come_since_the_last()
    {
        using var site = new OurServer();
        using var target = new SyncTarget();
        await using var service = new SyncService(new SyncPlan([SyncTarget.Site(site.Port)], target.Options()), new FastClock(600), Minute);
        var files = AgentData.MakeMany(3);
        foreach (var file in files)
        {
            site.Put(file);
            await Eventually.BecomesTrue(() => target.Incoming.Has(file.Name), "the file arrives");
        }

        await service.StopAsync();
        target.HasExactly(files);
        Assert.All(service.Results, r => Assert.True(r.Result.Succeeded, r.Result.ToString()));
    }

    [Fact]
    public async Task A_dead_site_is_asked_less_and_less_often_and_the_others_as_ever()
    {
        using var site = new OurServer();
        using var target = new SyncTarget();
        var dead = DeadPort();
        await using var service = new SyncService(new SyncPlan([SyncTarget.Site(site.Port), SyncTarget.Site(dead, retries: 0)], target.Options()), new FastClock(2000), Minute);
        await Eventually.BecomesTrue(() => service.TimesOf(dead).Length >= 8, "the dead site has been asked eight times");
        await service.StopAsync();

        var times = service.TimesOf(dead);
        var pauses = times.Zip(times.Skip(1), (a, b) => (b - a).TotalMinutes).ToArray();
        Assert.True(pauses[3] > 5 && pauses[3] > pauses[1], string.Join(", ", pauses));
        Assert.All(pauses.Skip(4), p => Assert.True(p > 13, string.Join(", ", pauses)));
        Assert.True(service.TimesOf(site.Port).Length > 2 * times.Length);
        Assert.Single(service.Log, l => l.Level == SyncLogLevel.Error);
    }

    [Fact]
    public async Task A_request_asks_a_dead_site_at_once_and_its_return_is_told()
    {
        using var target = new SyncTarget();
        var port = DeadPort();
        await using var service = new SyncService(new SyncPlan([SyncTarget.Site(port, retries: 0)], target.Options()), new FastClock(1), TimeSpan.FromHours(1));
        await Eventually.BecomesTrue(() => service.TimesOf(port).Length == 1, "the first round");
        using var site = new OurServer(o => o with { Port = port });
        service.Request();

        await Eventually.BecomesTrue(() => service.Results.Any(r => r.Result.Succeeded), "the site is asked again");
        Assert.Contains(service.Log, l => l.Level == SyncLogLevel.Information && l.Text.StartsWith($"127.0.0.1:{port} answers again, after 1 failure", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_configuration_that_becomes_wrong_is_told_once_and_the_old_one_kept_until_it_is_right()
    {
        using var site = new OurServer();
        using var other = new OurServer();
        using var target = new SyncTarget();
        var file = target.Incoming.Write("own/sync.conf", "1");
        await using var service = new SyncService(new SyncPlan([SyncTarget.Site(site.Port)], target.Options()), new FastClock(600), Minute) { Files = [file] };
        await Eventually.BecomesTrue(() => service.TimesOf(site.Port).Length > 0, "the first round");

        service.Mistake = "sync_port must be a number.";
        File.WriteAllText(file, "12");
        await Eventually.BecomesTrue(() => service.Log.Any(l => l.Level == SyncLogLevel.Error), "the mistake is told");
        var before = service.TimesOf(site.Port).Length;
        await Eventually.BecomesTrue(() => service.TimesOf(site.Port).Length > before + 3, "the old configuration goes on");
        Assert.Equal("What has changed cannot be used, so all stays as it was: sync_port must be a number.", Assert.Single(service.Log, l => l.Level == SyncLogLevel.Error).Text);

        service.Plan = service.Plan with { Sites = [SyncTarget.Site(other.Port)] };
        service.Mistake = null;
        await Eventually.BecomesTrue(() => service.TimesOf(other.Port).Length > 1, "the new configuration counts");
    }

    [Fact]
    public async Task An_incoming_directory_that_disappears_and_comes_back_is_told_once_for_all_sites_and_used_again()
    {
        using var site = new OurServer();
        using var other = new OurServer();
        using var target = new SyncTarget();
        var folder = target.Incoming.MakeFolder("data_in");
        await using var service = new SyncService(new SyncPlan([SyncTarget.Site(site.Port), SyncTarget.Site(other.Port)], new(folder)), new FastClock(600), Minute);
        await Eventually.BecomesTrue(() => service.TimesOf(site.Port).Length > 0 && service.TimesOf(other.Port).Length > 0, "the first round");
        Directory.Move(folder, folder + ".away");
        await Eventually.BecomesTrue(() => service.Results.Any(r => r.Result.Error?.Kind == TentacleErrorKind.LocalFile), "its absence is told");
        site.Put(AgentData.Make(1));
        var before = service.Results.Count;
        await Eventually.BecomesTrue(() => service.Results.Count > before + 2, "further rounds");
        Assert.Single(site.Buffer.FileNames());

        Directory.Move(folder + ".away", folder);
        await Eventually.BecomesTrue(() => File.Exists(Path.Combine(folder, AgentData.Make(1).Name)), "the file arrives");
        await Eventually.BecomesTrue(() => service.Log.Any(l => l.Text.StartsWith("Sites are drained again, after ", StringComparison.Ordinal)), "its return is told");
        Assert.Single(service.Log, l => l.Level == SyncLogLevel.Error);
        Assert.Single(service.Log, l => l.Level == SyncLogLevel.Information && l.Text.Contains("again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_by_hand_has_its_turn_between_two_rounds()
    {
        using var site = new OurServer();
        using var target = new SyncTarget();
        await using var service = new SyncService(new SyncPlan([SyncTarget.Site(site.Port)], target.Options()), new FastClock(1), TimeSpan.FromHours(1));
        await Eventually.BecomesTrue(() => service.Results.Count == 1, "the first round");
        site.Put(AgentData.Make(1));

        Assert.True((await target.DrainAsync(site.Port)).Succeeded);
        target.HasExactly([AgentData.Make(1)]);
    }

    private static int DeadPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
