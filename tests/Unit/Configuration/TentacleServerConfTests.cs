using System;
using System.IO;
using System.Linq;
using PandoraSync.Certificates.Pem;
using PandoraSync.Configuration;
using PandoraSync.Protocol;
using PandoraSync.Server;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Tls;
using PandoraSync.Transport.Tls;
using Xunit;

namespace PandoraSync.Tests.Configuration;

public sealed class TentacleServerConfTests : IDisposable
{
    private readonly HandMade _made = new();

    [Fact]
    public void The_line_of_an_init_script_is_understood_as_it_stands()
    {
        _made.Authority("authority").Certificate("site", "authority");
        var configuration = TentacleServerConfiguration.Read(path: null, $@"-a 0.0.0.0 -p 41121 -s {_made.Folder.Path} -i.*\.conf:conf;.*\.md5:md5;.*\.zip:collections -I -o -e {_made["site.pem"]} -k {_made["site.key"]} -f {_made["authority.pem"]}");
        var options = configuration.Options;
        Assert.Equal((_made.Folder.Path, 41121, true, true), (options.Directory, options.Port, options.AllowListing, options.Overwrite));
        Assert.Equal(["0.0.0.0"], options.Addresses);
        Assert.Equal(["conf", "md5", "collections"], options.Filters.Folders);
        Assert.Equal("collections", options.Filters.FolderOf("a.zip"));
        Assert.NotNull(options.Tls!.ClientTrust);
        Assert.Equal((10, 2_000_000L, 3, TimeSpan.FromSeconds(1)), (options.MaxConnections, options.MaxFileBytes, options.RetryCount, options.Timeout));
        Assert.Empty(configuration.Warnings);
    }

    [Theory]
    [InlineData("-Io -c5 -m100", true)]
    [InlineData("-oI -c 5 -m '100'", true)]
    [InlineData("-I -o -c \"5\" -m 100", true)]
    [InlineData("-o -c5 -m100", false)]
    public void Options_may_be_clustered_attached_and_quoted(string options, bool lists)
    {
        var read = TentacleServerConfiguration.Read(path: null, $"{options} -s '{_made.Folder.Path}'").Options;
        Assert.Equal((lists, true, 5, 100L), (read.AllowListing, read.Overwrite, read.MaxConnections, read.MaxFileBytes));
    }

    [Fact]
    public void Limits_that_stock_does_not_have_are_read_from_the_file()
    {
        var file = Write($"""
            directory {_made.Folder.Path}
            max_connections 50
            max_per_address 7
            min_rate 500
            buffer_bytes 1000000
            buffer_files 2000
            buffer_hours 48
            buffer_drop_oldest 1
            min_free_bytes 0
            """);
        var configuration = TentacleServerConfiguration.Read(file, options: null);
        var limits = configuration.Options.Limits;
        Assert.Equal((7, 500), (configuration.Options.MaxConnectionsPerAddress, configuration.Options.MinimumRate));
        Assert.Equal((1_000_000L, 2000L, TimeSpan.FromDays(2), true, 0L), (limits.MaxBytes, limits.MaxFiles, limits.MaxAge, limits.DropOldest, limits.MinFreeBytes));
        Assert.Empty(configuration.Warnings);
    }

    [Fact]
    public void A_full_file_is_read_and_options_win_over_it()
    {
        var file = Write($"""
            # tentacle_server.conf
            addresses 127.0.0.1,::1
            port 41999
            max_connections 20
            daemon 1
            insecure 1
            filters .*\.conf:conf;.*\.md5:md5
            max_size 5000000
            overwrite 0
            quiet 0
            retries 2
            directory {_made.Folder.Path}
            timeout 2
            verbose 1
            log_file {_made["server.log"]}
            password sesame
            block_size 1024
            """);
        var configuration = TentacleServerConfiguration.Read(path: null, $"-F {file} -p 42000 -o");
        var options = configuration.Options;
        Assert.Equal((42000, 20, true, true, 5_000_000L, 2, TimeSpan.FromSeconds(2)), (options.Port, options.MaxConnections, options.AllowListing, options.Overwrite, options.MaxFileBytes, options.RetryCount, options.Timeout));
        Assert.NotNull(options.Password);
        Assert.Equal((_made["server.log"], 1), (configuration.LogFile, configuration.Verbosity));
        Assert.Equal("option -p", configuration.Settings.Single(s => s.Key is "port").Source);
        Assert.DoesNotContain("sesame", string.Join(' ', configuration.Settings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-Z", "-Z in '-Z' is not an option of a Tentacle server.")]
    [InlineData("-I -p", "Option -p needs a value (port).")]
    [InlineData("stray", "'stray' is not an option: options begin with a hyphen, and a value that has spaces stands in quotes.")]
    [InlineData("-s '/tmp", "The quote ' is opened and not closed.")]
    [InlineData("-I", "the storage directory is missing: give directory (-s).")]
    [InlineData("-s relative", "option -s: The storage directory 'relative' is not a full path: give an absolute one.")]
    [InlineData("-s /x -p 99999", "option -p: port must be a number between 1 and 65535, not '99999'.")]
    [InlineData("-s /x -c many", "option -c: max_connections must be a number between 1 and 100000, not 'many'.")]
    [InlineData("-s /x -i nofolder", "option -i: The filter 'nofolder' cannot be used: write pattern:folder.")]
    [InlineData("-s /x -i a:.pandorasync", "option -i: The filter 'a:.pandorasync' cannot be used: the folder '.pandorasync' must be a relative path inside the storage directory.")]
    [InlineData("-s /x -i a:../up", "option -i: The filter 'a:../up' cannot be used: the folder '../up' must be a relative path inside the storage directory.")]
    [InlineData("-s /x -e cert.pem", "option -e: ssl_cert is the relative path 'cert.pem': use an absolute one")]
    [InlineData("-s /x -k /key.pem", "option -k: the certificate is missing: give ssl_cert (-e).")]
    [InlineData("-s /x -z SSLv9", "option -z: 'SSLv9' is not a version of TLS: write TLSv12 or TLSv13.")]
    [InlineData("-F /nowhere/tentacle_server.conf", "The configuration file '/nowhere/tentacle_server.conf' does not exist: correct the path.")]
    public void A_mistake_is_a_sentence_with_its_option(string options, string sentence)
    {
        var error = Assert.Throws<TentacleException>(() => TentacleServerConfiguration.Read(path: null, options));
        Assert.Equal(TentacleErrorKind.Configuration, error.Kind);
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistake_in_a_file_is_a_sentence_with_its_line()
    {
        var file = Write("directory /x\r\nport 0\r\nunknown_key 1\r\nmax_size x\r\n");
        var error = Assert.Throws<TentacleException>(() => TentacleServerConfiguration.Read(file, options: null));
        Assert.Equal($"{file}, line 2: port must be a number between 1 and 65535, not '0'.\n{file}, line 4: max_size must be a number between 1 and 9223372036854775807, not 'x'.", error.Message);
    }

    [Fact]
    public void What_is_unknown_twice_there_or_of_no_use_is_said()
    {
        var file = Write($"directory {_made.Folder.Path}\nport 1000\nport 1001\nstrange 1\ninsecure yes\ninvalid_chars x\nssl_version SSLv23:!SSLv3\n");
        var configuration = TentacleServerConfiguration.Read(file, options: null);
        Assert.Equal(1001, configuration.Options.Port);
        Assert.False(configuration.Options.AllowListing);
        Assert.Contains($"{file}, line 3: port replaces the value of {file}, line 2.", configuration.Warnings);
        Assert.Contains($"{file}, line 4: strange is not a known setting of a Tentacle server; it is ignored.", configuration.Warnings);
        Assert.Contains($"{file}, line 5: insecure is on only when it is 1; 'yes' means off.", configuration.Warnings);
        Assert.Equal(5, configuration.Warnings.Count);
    }

    [Fact]
    public void An_encrypted_key_needs_its_passphrase()
    {
        _made.Authority("authority").Certificate("site", "authority");
        OpenSsl.Run($"pkcs8 -topk8 -in {_made["site.key"]} -out {_made["secret.key"]} -passout pass:sesame");
        var options = $"-s {_made.Folder.Path} -e {_made["site.pem"]} -k {_made["secret.key"]} -w -z TLSv1_3";
        Assert.Contains("the key's passphrase is wanted: give it with -Passphrase.", Assert.Throws<TentacleException>(() => TentacleServerConfiguration.Read(path: null, options)).Message, StringComparison.Ordinal);
        Assert.Contains("option -e: ", Assert.Throws<TentacleException>(() => TentacleServerConfiguration.Read(path: null, options, HandMade.Secret("wrong"))).Message, StringComparison.Ordinal);
        Assert.Equal(TlsVersion.Tls13, TentacleServerConfiguration.Read(path: null, options, HandMade.Secret("sesame")).Options.Tls!.MinimumVersion);
    }

    [Fact]
    public void A_relay_names_the_next_server()
    {
        var options = TentacleServerConfiguration.Read(path: null, "-b 10.0.0.9 -g 41200").Options;
        Assert.Equal("10.0.0.9:41200", options.Relay!.Endpoint.ToString());
    }

    public void Dispose() => _made.Dispose();

    private string Write(string text) => _made.Folder.Write("tentacle_server.conf", text);
}
