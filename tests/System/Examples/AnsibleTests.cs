using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.SystemTests.Examples;

/// <summary>
/// What people copy from examples/ansible, by Debian's Ansible. That a second collector is added, and shares the sites, takes a third run, and is tested where
/// PANDORASYNC_COLLECTORS is set to 2.
/// </summary>
public sealed class AnsibleTests
{
    private static readonly RealProgram[] Programs = [RealPrograms.AnsiblePlaybook, RealPrograms.Unzip];

    [Fact]
    public async Task From_nothing_to_two_sites_and_a_main_server_and_again_without_a_change()
    {
        Skip(Programs);
        using var place = new AnsiblePlace((await RealPrograms.Id.RunAsync(["-gn"])).Output.Trim());
        var first = await place.RunAsync("main.yml", "-v");
        Assert.Equal(["main", "north", "south"], first.Keys.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(0, first.Values);
        Assert.Equal(Names(Path.Combine(Repository.Modules, "PandoraSync")), Names(place[$"south/modules/PandoraSync/{Repository.Version}"]));
        Assert.All((await place.RunAsync("main.yml")).Values, changed => Assert.Equal(0, changed));

        using var north = place.Start("north", "pandorasync-server");
        using var south = place.Start("south", "pandorasync-server");
        Assert.Equal(place.Ports["north"], await north.PortAsync());
        Assert.Equal(place.Ports["south"], await south.PortAsync());
        await SendAsync(place, "north", "web-01.1760000000.data");
        using (var main = place.Start("main", "pandorasync-sync"))
        {
            await Eventually.BecomesTrue(() => File.Exists(place["main/incoming/web-01.1760000000.data"]), "the file has arrived at the main server", TimeSpan.FromSeconds(60));
            main.Signal("TERM");
            Assert.Equal(0, (await main.EndAsync()).ExitCode);
        }

        if (Environment.GetEnvironmentVariable("PANDORASYNC_COLLECTORS") is "2")
            await ShareAsync(place);
    }

    [Fact]
    public async Task Ansible_lint_has_no_finding()
    {
        Skip(RealPrograms.AnsibleLint);
        using var folder = new TempFolder();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["XDG_CACHE_HOME"] = folder.Path, ["ANSIBLE_HOME"] = folder.Path, ["NO_COLOR"] = "1", ["LC_ALL"] = "C.UTF-8" };
        var result = await RealPrograms.AnsibleLint.RunAsync(["--offline", "-q", "--profile", "production"], folder: Path.Combine(Repository.Root, "examples", "ansible"), environment: environment, limit: TimeSpan.FromMinutes(5));
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    /// <summary>Adds a second collector, and has both drain the sites side by side.</summary>
    private static async Task ShareAsync(AnsiblePlace place)
    {
        var grown = await place.RunAsync("collectors.yml", "--limit", "collectors");
        Assert.Equal(["main", "second"], grown.Keys.Order(StringComparer.Ordinal));
        foreach (var number in Enumerable.Range(0, 10))
            await File.WriteAllTextAsync(place[$"{(number % 2 == 0 ? "north" : "south")}/buffer/shared-{number}.1760000001.data"], "measured");
        using var one = place.Start("main", "pandorasync-sync");
        using var two = place.Start("second", "pandorasync-sync");
        await Eventually.BecomesTrue(() => Shared("main").Concat(Shared("second")).Count() >= 10, "all files have arrived at the collectors", TimeSpan.FromSeconds(60));
        foreach (var collector in new[] { one, two })
        {
            collector.Signal("TERM");
            Assert.Equal(0, (await collector.EndAsync()).ExitCode);
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(n => $"shared-{n}.1760000001.data"), Shared("main").Concat(Shared("second")).Order(StringComparer.Ordinal));
        foreach (var site in new[] { "north", "south" })
            Assert.Empty(Directory.GetFiles(place[$"{site}/buffer"]));

        IEnumerable<string> Shared(string collector) => Directory.GetFiles(place[$"{collector}/incoming"], "shared-*").Select(p => Path.GetFileName(p));
    }

    private static IEnumerable<string> Names(string folder) => Directory.GetFileSystemEntries(folder).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal);

    /// <summary>As an agent's machine does that has a certificate of the authority.</summary>
    private static async Task SendAsync(AnsiblePlace place, string site, string name)
    {
        using var folder = new TempFolder();
        var etc = place["main/etc"];
        var result = await ShellProcess.CommandAsync($$"""
            $ErrorActionPreference = 'Stop'
            $login = [pscredential]::new('x', (ConvertTo-SecureString '{{AnsiblePlace.Password}}' -AsPlainText -Force))
            Send-TentacleFile '{{folder.Write(name, "measured")}}' -ComputerName 127.0.0.1 -Port {{place.Ports[site]}} -CaPath '{{etc}}/cacert.pem' -CertificatePath '{{etc}}/tentaclecert.pem' -KeyPath '{{etc}}/tentaclekey.pem' -Credential $login
            """);
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    private static void Skip(params RealProgram[] programs) => Assert.SkipWhen(programs.Any(p => p.WhyMissing is not null), programs.Select(p => p.WhyMissing).OfType<string>().FirstOrDefault() ?? string.Empty);
}
