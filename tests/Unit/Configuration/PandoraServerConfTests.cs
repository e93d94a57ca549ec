using System;
using System.IO;
using System.Linq;
using PandoraSync.Certificates.Trust;
using PandoraSync.Configuration;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.Sync.Staging;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Tls;
using Xunit;

namespace PandoraSync.Tests.Configuration;

public sealed class PandoraServerConfTests : IDisposable
{
    private readonly HandMade _made = new();

    [Fact]
    public void A_file_as_it_is_in_the_field_is_understood_with_its_lines()
    {
        _made.Authority("authority").Certificate("main", "authority");
        var configuration = Read($"""
            # Pandora FMS server
            servername greystone
            incomingdir /var/spool/pandora/data_in
            log_file /var/log/pandora/pandora_server.log
            dataserver 1
            syncserver 1
              # indented: no setting
            sync_address 10.142.50.10, site.example:41122,::1,[fe80::1]:41123
            SYNC_PORT 41200
            sync_ca {_made["authority.pem"]}
            sync_cert {_made["main.pem"]}
            sync_key {_made["main.key"]}
            sync_retries 5
            sync_timeout 20
            sync_block_size 65535
            """);
        Assert.True(configuration.IsEnabled);
        Assert.Equal(["10.142.50.10:41200", "site.example:41122", "[::1]:41200", "[fe80::1]:41123"], configuration.Sites.Select(s => s.Name));
        Assert.All(configuration.Sites, s => Assert.Equal((5, TimeSpan.FromSeconds(20)), (s.Client.RetryCount, s.Client.Timeout)));
        Assert.All(configuration.Sites, s => Assert.Equal(HostNameCheck.Warn, s.Client.Tls!.HostNameCheck));
        Assert.All(configuration.Sites, s => Assert.NotNull(s.Client.Tls!.Identity));
        Assert.Equal(("/var/spool/pandora/data_in", 8), (configuration.Options.IncomingDirectory, configuration.Options.Connections));
        Assert.Empty(configuration.Warnings);
        Assert.Equal($"{_made["pandora_server.conf"]}, line 9", configuration.Settings.Single(s => s.Key is "sync_port").Source);
        Assert.Equal("default", configuration.Settings.Single(s => s.Key is "sync_connections").Source);
    }

    [Fact]
    public void Our_own_additions_are_read_and_secrets_are_not_shown()
    {
        var configuration = Read("syncserver 1\nsync_address a\nsync_password sesame\nsync_connections 9\n");
        Assert.Equal(9, configuration.Options.Connections);
        Assert.True(configuration.Sites[0].Client.Password!.Matches("0000") is false);
        Assert.NotNull(configuration.Sites[0].Client.Password);
        Assert.Equal("***", configuration.Settings.Single(s => s.Key is "sync_password").Value);
        Assert.DoesNotContain("sesame", $"{configuration} {string.Join(' ', configuration.Settings)} {configuration.Sites[0].Client}", StringComparison.Ordinal);
    }

    [Fact]
    public void Windows_line_ends_a_byte_order_mark_and_tabs_make_no_difference()
    {
        var configuration = Read("\uFEFFsyncserver\t1\r\nsync_address \t a , b \r\n\r\n# end\r\n");
        Assert.Equal(["a:41121", "b:41121"], configuration.Sites.Select(s => s.Name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("syncserver 0\nsync_address a\n")]
    [InlineData("syncserver\nsync_address a\n")]
    [InlineData("#syncserver 1\nsync_address a\n")]
    public void Without_a_1_the_sync_server_is_off(string text)
    {
        var configuration = Read(text);
        Assert.False(configuration.IsEnabled);
        Assert.EndsWith("syncserver is off, so nothing is drained", configuration.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_of_several_wins_and_what_is_unknown_is_said()
    {
        var configuration = Read("syncserver 1\nsync_address a\nsync_address b\nsync_adress c\n");
        Assert.Equal("b:41121", Assert.Single(configuration.Sites).Name);
        var path = _made["pandora_server.conf"];
        Assert.Equal([$"{path}, line 3: sync_address replaces the value of {path}, line 2.", $"{path}, line 4: sync_adress is not a known setting of the sync server; it is ignored."], configuration.Warnings);
    }

    [Fact]
    public void A_mode_that_somebody_still_has_is_said_to_have_no_effect()
    {
        var configuration = Read("syncserver 1\nsync_address a\nsync_mode fast\n");
        Assert.Equal([$"{_made["pandora_server.conf"]}, line 3: sync_mode has no effect any more: every drain is safe, and as fast as the line allows; remove the line."], configuration.Warnings);
    }

    [Theory]
    [InlineData("syncserver 1\n", "line 1: sync_address is missing: give the sites' Tentacle servers, separated by commas.")]
    [InlineData("syncserver 1\nsync_address a\nsync_port 0\n", "line 3: sync_port must be a number between 1 and 65535, not '0'.")]
    [InlineData("syncserver 1\nsync_address a\nsync_port x\n", "line 3: sync_port must be a number between 1 and 65535, not 'x'.")]
    [InlineData("syncserver 1\nsync_address a:b:c\n", "line 2: 'a:b:c' has no valid port: it must be a number between 1 and 65535.")]
    [InlineData("syncserver 1\nsync_address a\nsync_timeout 0\n", "line 3: sync_timeout must be seconds between 0.1 and 3600, not '0'.")]
    [InlineData("syncserver 1\nsync_address a\nsync_retries -1\n", "line 3: sync_retries must be a number between 0 and 100, not '-1'.")]
    [InlineData("syncserver 1\nsync_address a\nincomingdir data_in\n", "line 3: The incoming directory 'data_in' is not a full path: give an absolute one.")]
    [InlineData("syncserver 1\nsync_address a\nsync_ca cacert.pem\n", "line 3: sync_ca is the relative path 'cacert.pem': use an absolute one, since a service does not start in the folder that you expect.")]
    [InlineData("syncserver 1\nsync_address a\nsync_cert /x.pem\n", "line 3: sync_ca is missing: without an authority nobody can tell whether the other side is a site.")]
    public void A_mistake_is_a_sentence_with_file_and_line(string text, string sentence)
    {
        var error = Assert.Throws<TentacleException>(() => Read(text));
        Assert.Equal(TentacleErrorKind.Configuration, error.Kind);
        Assert.Contains($"{_made["pandora_server.conf"]}, {sentence}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_said_at_once()
    {
        var error = Assert.Throws<TentacleException>(() => Read("syncserver 1\nsync_address a\nsync_port x\nsync_timeout y\nsync_ca rel\n"));
        Assert.Equal(3, error.Message.Split('\n').Length);
    }

    [Theory]
    [InlineData("sync_ca", "none.pem")]
    [InlineData("sync_cert", "none.pem")]
    [InlineData("sync_key", "other.key")]
    public void Certificates_that_cannot_be_used_are_named_with_their_line(string key, string file)
    {
        _made.Authority("authority").Certificate("main", "authority").Certificate("other", "authority");
        var values = new[] { ("sync_ca", "authority.pem"), ("sync_cert", "main.pem"), ("sync_key", "main.key") };
        var lines = values.Select(v => $"{v.Item1} {_made[string.Equals(v.Item1, key, StringComparison.Ordinal) ? file : v.Item2]}\n");
        var error = Assert.Throws<TentacleException>(() => Read("syncserver 1\nsync_address a\n" + string.Concat(lines)));
        Assert.Contains(_made[file], error.Message, StringComparison.Ordinal);
        Assert.Contains(", line ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var error = Assert.Throws<TentacleException>(() => PandoraSyncConfiguration.Read(_made["none.conf"]));
        Assert.Equal($"The configuration file '{_made["none.conf"]}' does not exist: correct the path.", error.Message);
    }

    public void Dispose() => _made.Dispose();

    private PandoraSyncConfiguration Read(string text) => PandoraSyncConfiguration.Read(_made.Folder.Write("pandora_server.conf", text));
}
