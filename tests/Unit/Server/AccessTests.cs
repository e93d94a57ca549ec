using System;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Server.Access;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Server;

public sealed class AccessTests
{
    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", true)]
    [InlineData("10.0.0.1", "10.0.0.2", false)]
    [InlineData("10.0.0.0/8", "10.255.1.2", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("10.0.0.0/9", "10.128.0.1", false)]
    [InlineData("10.0.0.0/255.255.255.0", "10.0.0.77", true)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.1.1", true)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("fe80::/10", "febf::1", true)]
    [InlineData("[fe80::]/10", "fec0::1", false)]
    [InlineData("::1", "::1", true)]
    public void A_network_contains_its_addresses(string network, string address, bool contains) =>
        Assert.Equal(contains, AllowedNetwork.Parse(network).Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/255.0.255.0")]
    [InlineData("site.example")]
    [InlineData("::/129")]
    public void What_is_no_network_is_refused(string text) =>
        Assert.Contains("is neither an address nor a network", Assert.Throws<TentacleException>(() => AllowedNetwork.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("", "", "10.0.0.1", true)]
    [InlineData("", "ALL: ALL", "10.0.0.1", false)]
    [InlineData("tentacle_server: 10.0.0.", "ALL: ALL", "10.0.0.1", true)]
    [InlineData("tentacle_server: 10.0.0.", "ALL: ALL", "10.0.1.1", false)]
    [InlineData("sshd: ALL", "tentacle_server: ALL", "10.0.0.1", false)]
    [InlineData("ALL: 10.0.0.0/255.0.0.0 EXCEPT 10.9.0.0/16", "ALL: ALL", "10.9.1.1", false)]
    [InlineData("ALL: 10.0.0.0/255.0.0.0 EXCEPT 10.9.0.0/16", "ALL: ALL", "10.8.1.1", true)]
    [InlineData("# comment\nsshd, tentacle_server: \\\n [fe80::]/10, 192.0.2.7", "ALL: ALL", "fe80::1", true)]
    [InlineData("ALL EXCEPT tentacle_server: ALL", "ALL: ALL", "10.0.0.1", false)]
    public void The_systems_access_files_decide_as_they_say(string allow, string deny, string address, bool allowed)
    {
        using var folder = new TempFolder();
        Assert.Equal(allowed, HostsAccess.Read(folder.Write("allow", allow), folder.Write("deny", deny)).Allows(IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("tentacle_server: .example.com", "line 1: '.example.com' is no address or network, and hosts are not known by name: write addresses.")]
    [InlineData("\nALL: ALL: spawn rm", "line 2: options and commands behind the clients are not followed: leave them out.")]
    [InlineData("ALL", "line 1: the rule has no clients: write daemons : clients.")]
    public void A_rule_that_cannot_be_followed_is_refused_with_its_line(string rule, string sentence)
    {
        using var folder = new TempFolder();
        var path = folder.Write("deny", rule);
        Assert.Equal($"{path}, {sentence}", Assert.Throws<TentacleException>(() => HostsAccess.Read(folder["none"], path)).Message);
    }

    [Theory]
    [InlineData("tentacle_server@127.0.0.1: ALL", "line 1: 'tentacle_server@127.0.0.1' is for one address of this machine, which is not followed: write the name of the daemon alone, or ALL.")]
    [InlineData("ALL@127.0.0.1: ALL", "line 1: 'ALL@127.0.0.1' is for one address of this machine, which is not followed: write the name of the daemon alone, or ALL.")]
    [InlineData("sshd@127.0.0.1, tentacle_server@[::1]: ALL", "line 1: 'tentacle_server@[::1]' is for one address of this machine, which is not followed: write the name of the daemon alone, or ALL.")]
    [InlineData("tentacle*: ALL", "line 1: 'tentacle*' is a pattern, which is not followed here: write the name of the daemon, or ALL.")]
    [InlineData("?entacle_server: ALL", "line 1: '?entacle_server' is a pattern, which is not followed here: write the name of the daemon, or ALL.")]
    [InlineData("KNOWN: ALL", "line 1: 'KNOWN' is a word for clients and stands for no daemon: write the name of the daemon, or ALL.")]
    [InlineData("ALL EXCEPT: ALL", "line 1: EXCEPT has nothing on one of its sides: write what is meant, and what is left out of it.")]
    [InlineData("ALL: EXCEPT 10.0.0.1", "line 1: EXCEPT has nothing on one of its sides: write what is meant, and what is left out of it.")]
    [InlineData("ALL: ALL EXCEPT", "line 1: EXCEPT has nothing on one of its sides: write what is meant, and what is left out of it.")]
    [InlineData(": ALL", "line 1: the rule has no daemons: write daemons : clients.")]
    [InlineData("ALL:", "line 1: the rule has no clients: write daemons : clients.")]
    [InlineData("ALL: ,", "line 1: the rule has no clients: write daemons : clients.")]
    [InlineData("ALL: LOCAL", "line 1: 'LOCAL' is no address or network, and hosts are not known by name: write addresses.")]
    [InlineData("ALL: KNOWN", "line 1: 'KNOWN' is no address or network, and hosts are not known by name: write addresses.")]
    [InlineData("ALL: UNKNOWN", "line 1: 'UNKNOWN' is no address or network, and hosts are not known by name: write addresses.")]
    [InlineData("ALL: PARANOID", "line 1: 'PARANOID' is no address or network, and hosts are not known by name: write addresses.")]
    [InlineData("ALL: @netgroup", "line 1: '@netgroup' is no address or network, and hosts are not known by name: write addresses.")]
    [InlineData("ALL: 10.0.0.*", "line 1: '10.0.0.*' is no address or network, and hosts are not known by name: write addresses.")]
    [InlineData("ALL: root@10.0.0.1", "line 1: 'root@10.0.0.1' is no address or network, and hosts are not known by name: write addresses.")]
    [InlineData("ALL: /etc/denied", "line 1: '/etc/denied' is no address or network, and hosts are not known by name: write addresses.")]
    [InlineData("ALL: ALL EXCEPT LOCAL", "line 1: 'LOCAL' is no address or network, and hosts are not known by name: write addresses.")]
    [InlineData("all: ALL", "line 1: 'all' differs from 'ALL' only in its letters' case: write ALL.")]
    [InlineData("Tentacle_Server: ALL", "line 1: 'Tentacle_Server' differs from 'tentacle_server' only in its letters' case: write tentacle_server.")]
    [InlineData("tentacle_server ALL", "line 1: the rule has no clients: write daemons : clients.")]
    [InlineData(" # tentacle_server: ALL", "line 1: '#' is no name of a daemon: write the name of the daemon, or ALL.")]
    [InlineData("in.*: ALL", "line 1: 'in.*' is a pattern, which is not followed here: write the name of the daemon, or ALL.")]
    [InlineData("@daemons: ALL", "line 1: '@daemons' is no name of a daemon: write the name of the daemon, or ALL.")]
    [InlineData("ALL: 10.1", "line 1: '10.1' is no address or network, and hosts are not known by name: write addresses.")]
    [InlineData("ALL: 010.0.0.1", "line 1: '010.0.0.1' is no address or network, and hosts are not known by name: write addresses.")]
    [InlineData("ALL: 256.", "line 1: '256.' is no address or network, and hosts are not known by name: write addresses.")]
    [InlineData("ALL: 10..", "line 1: '10..' is no address or network, and hosts are not known by name: write addresses.")]
    public void Review12_an_access_rule_that_is_not_understood_is_refused_and_never_read_as_allowing(string rule, string sentence)
    {
        using var folder = new TempFolder();
        var path = folder.Write("deny", rule);
        Assert.Equal($"{path}, {sentence}", Assert.Throws<TentacleException>(() => HostsAccess.Read(folder["none"], path)).Message);
    }

    [Theory]
    [InlineData("sshd@192.0.2.1: LOCAL, KNOWN: spawn x", true)]
    [InlineData("in.telnetd, sshd: ALL", true)]
    [InlineData("ALL EXCEPT tentacle_server EXCEPT ALL: 10.0.0.1", false)]
    [InlineData("ALL: ALL EXCEPT 10.0.0.0/255.255.255.0 EXCEPT 10.0.0.1", false)]
    [InlineData("ALL: ALL EXCEPT 10.0.0.0/255.255.255.0 EXCEPT 10.0.0.2", true)]
    public void Review12_rules_of_other_daemons_and_nested_exceptions_are_followed(string deny, bool allowed)
    {
        using var folder = new TempFolder();
        Assert.Equal(allowed, HostsAccess.Read(folder["none"], folder.Write("deny", deny)).Allows(IPAddress.Parse("10.0.0.1")));
    }

    [Fact]
    public void A_client_from_elsewhere_is_closed_before_a_word_is_said()
    {
        using var ours = new OurServer(o => o with { Access = AccessList.Of([AllowedNetwork.Parse("192.0.2.0/24")]) });
        using var client = new PlainClient(ours.Port);
        Assert.True(client.ServerCloses());
        Assert.Contains(ours.Log, e => e.Text.EndsWith("is not among the addresses that are spoken with: closed", StringComparison.Ordinal));
    }

    [Fact]
    public void Guessed_passwords_cost_more_each_time_and_are_forgotten()
    {
        var now = TimeSpan.Zero;
        var failures = new PasswordFailures(() => now);
        var address = IPAddress.Parse("192.0.2.1");
        Assert.Equal(TimeSpan.Zero, failures.DelayFor(address));
        var delays = Enumerable.Range(0, 6).Select(_ =>
        {
            failures.Failed(address);
            return failures.DelayFor(address).TotalSeconds;
        });
        Assert.Equal([0.5, 1, 2, 4, 8, 8], delays);
        Assert.Equal(TimeSpan.Zero, failures.DelayFor(IPAddress.Parse("192.0.2.2")));
        now += TimeSpan.FromMinutes(11);
        Assert.Equal(TimeSpan.Zero, failures.DelayFor(address));
        failures.Failed(address);
        failures.Succeeded(address);
        Assert.Equal(TimeSpan.Zero, failures.DelayFor(address));
    }

    [Fact]
    public async Task The_server_slows_down_whoever_guesses()
    {
        using var ours = new OurServer(o => o with { Password = TentaclePassword.FromText("sesame") });
        for (var i = 0; i < 3; i++)
        {
            using var client = new PlainClient(ours.Port);
            Assert.False(client.Pass("guess"));
        }

        await Eventually.BecomesTrue(() => ours.Server.Counters.Errors == 3, "all are noted");
        Assert.Equal(["0.5 s", "1 s"], ours.Log.Where(e => e.Text.Contains("has to wait", StringComparison.Ordinal)).Select(e => e.Text.Split("wait ")[1].Split(',')[0]));
    }
}
