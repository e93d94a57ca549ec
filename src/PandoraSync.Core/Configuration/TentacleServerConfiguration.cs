using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security;
using PandoraSync.Certificates.Trust;
using PandoraSync.Protocol;
using PandoraSync.Server;
using PandoraSync.Server.Access;
using PandoraSync.Server.Storage;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Configuration;

/// <summary>What a tentacle_server.conf and a stock server's options say, with stock's defaults (protocol.md, section 8), without listening.</summary>
internal sealed class TentacleServerConfiguration
{
    private static readonly string[] Keys =
    [
        "addresses", "port", "max_connections", "daemon", "insecure", "filters", "max_size", "overwrite", "quiet", "retries", "directory", "proxy_ip",
        "proxy_port", "timeout", "verbose", "log_file", "password", "ssl_cert", "ssl_ca", "ssl_key", "ssl_password", "use_libwrap", "ssl_version",
        "ssl_cipher", "block_size", "invalid_chars", "config", "help", "service",
        "max_per_address", "min_rate", "buffer_bytes", "buffer_files", "buffer_hours", "buffer_drop_oldest", "min_free_bytes",
    ];

    private TentacleServerConfiguration(SettingReader reader, string? path, SecureString? passphrase, string? directory)
    {
        Options = ReadOptions(reader, passphrase, directory);
        LogFile = reader.AbsolutePath("log_file");
        IsQuiet = reader.Flag("quiet");
        Verbosity = (int)reader.Number("verbose", 0, 0, 2);
        NoteWhatIsOfNoUse(reader);
        reader.WarnOfUnknown(Keys, "of a Tentacle server");
        reader.ThrowIfWrong(path);
        Settings = reader.Settings;
        Warnings = reader.Warnings;
    }

    /// <summary>How the server behaves.</summary>
    public TentacleServerOptions Options { get; }

    /// <summary>Where to write a log; null for nowhere.</summary>
    public string? LogFile { get; }

    /// <summary>True if errors are not to be shown.</summary>
    public bool IsQuiet { get; }

    /// <summary>0 for errors alone, 1 for what is done, 2 for every detail.</summary>
    public int Verbosity { get; }

    /// <summary>What was understood, and from where.</summary>
    public IReadOnlyList<ConfigurationSetting> Settings { get; }

    /// <summary>What is odd but no mistake.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Reads a file, options, or both; options win.</summary>
    /// <param name="path">A tentacle_server.conf; null for none, or for the one that option -F names.</param>
    /// <param name="options">A stock server's options; null for none.</param>
    /// <param name="passphrase">Opens an encrypted key (<c>-w</c>, ssl_password 1); null for none.</param>
    /// <param name="directory">The storage directory, whatever they say; null to take theirs.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: what is wrong, a sentence with file and line or option for each mistake.</exception>
    public static TentacleServerConfiguration Read(string? path, string? options, SecureString? passphrase = null, string? directory = null)
    {
        var fromOptions = OptionString.Parse(options ?? string.Empty);
        path ??= fromOptions.LastOrDefault(e => string.Equals(e.Key, "config", StringComparison.Ordinal))?.Value;
        var given = new HashSet<string>(fromOptions.Select(e => e.Key), StringComparer.Ordinal);
        var fromFile = path is null ? [] : ConfigurationFile.Read(path).Where(e => !given.Contains(e.Key));
        return new TentacleServerConfiguration(new SettingReader(fromFile.Concat(fromOptions), _ => true), path, passphrase, directory);
    }

    private static TentacleServerOptions ReadOptions(SettingReader reader, SecureString? passphrase, string? directory)
    {
        var relay = ReadRelay(reader);
        var written = reader.Text("directory", directory);
        var storage = directory ?? written ?? (relay is null ? null : Path.GetTempPath());
        if (storage is null)
            reader.Problem("directory", "the storage directory is missing: give directory (-s).");
        var options = reader.Try("directory", () => new TentacleServerOptions(storage ?? Path.GetTempPath())) ?? new TentacleServerOptions(Path.GetTempPath());
        var addresses = (reader.Text("addresses") ?? string.Empty).Split([','], StringSplitOptions.RemoveEmptyEntries).Select(a => a.Trim()).ToArray();
        if (reader.SourceOf("max_per_address") is not "default")
            options = options with { MaxConnectionsPerAddress = (int)reader.Number("max_per_address", 1, 1, 100_000) };
        return options with
        {
            MinimumRate = (int)reader.Number("min_rate", TentacleLimits.DefaultMinimumRate, 0, int.MaxValue),
            Limits = ReadLimits(reader),
            Addresses = reader.Try("addresses", () => addresses.Select(a => new TentacleEndpoint(a).Host).ToArray()) ?? [],
            Port = (int)reader.Number("port", TentacleLimits.DefaultPort, 1, 65535),
            MaxConnections = (int)reader.Number("max_connections", TentacleLimits.DefaultMaxConnections, 1, 100_000),
            AllowListing = reader.Flag("insecure"),
            Filters = reader.Try("filters", () => FolderFilters.Parse(reader.Text("filters") ?? string.Empty)) ?? FolderFilters.None,
            MaxFileBytes = reader.Number("max_size", TentacleLimits.DefaultMaxFileBytes, 1, long.MaxValue),
            Overwrite = reader.Flag("overwrite"),
            RetryCount = (int)reader.Number("retries", TentacleLimits.DefaultRetries, 0, 100),
            Timeout = TimeSpan.FromSeconds(reader.Seconds("timeout", TentacleLimits.DefaultTimeout.TotalSeconds)),
            Password = reader.Text("password", isSecret: true) is { } password ? reader.Try("password", () => TentaclePassword.FromText(password)) : null,
            Access = reader.Flag("use_libwrap") ? reader.Try("use_libwrap", () => HostsAccess.Read(HostsAccess.AllowPath, HostsAccess.DenyPath)) ?? AccessList.AllowAll : AccessList.AllowAll,
            Tls = ReadTls(reader, passphrase),
            Relay = relay,
        };
    }

    /// <summary>Our own additions, all optional.</summary>
    private static BufferLimits ReadLimits(SettingReader reader) => new()
    {
        MaxBytes = reader.Number("buffer_bytes", 0, 0, long.MaxValue),
        MaxFiles = reader.Number("buffer_files", 0, 0, long.MaxValue),
        MaxAge = TimeSpan.FromHours(reader.Number("buffer_hours", 0, 0, 1_000_000)),
        MinFreeBytes = reader.Number("min_free_bytes", new BufferLimits().MinFreeBytes, 0, long.MaxValue),
        DropOldest = reader.Flag("buffer_drop_oldest"),
    };

    private static TentacleClientOptions? ReadRelay(SettingReader reader)
    {
        var port = (int)reader.Number("proxy_port", TentacleLimits.DefaultPort, 1, 65535);
        return reader.Text("proxy_ip") is { } host ? reader.Try("proxy_ip", () => new TentacleClientOptions(new TentacleEndpoint(host, port))) : null;
    }

    private static TlsServerOptions? ReadTls(SettingReader reader, SecureString? passphrase)
    {
        var (certificate, key, ca) = (reader.AbsolutePath("ssl_cert"), reader.AbsolutePath("ssl_key"), reader.AbsolutePath("ssl_ca"));
        var asks = reader.Flag("ssl_password");
        var minimum = ReadVersion(reader);
        var ciphers = (reader.Text("ssl_cipher") ?? string.Empty).Split([':', ',', ' '], StringSplitOptions.RemoveEmptyEntries);
        if (certificate is null)
        {
            if (reader.SourceOf("ssl_cert") is "default" && (key ?? ca) is not null)
                reader.Problem(key is not null ? "ssl_key" : "ssl_ca", "the certificate is missing: give ssl_cert (-e).");
            return null;
        }

        if (asks && passphrase is null)
            reader.Problem("ssl_password", "the key's passphrase is wanted: give it with -Passphrase.");
        var identity = reader.Try("ssl_cert", () => TlsIdentity.FromFiles(certificate, key, passphrase, requireAbsolutePaths: true));
        var authorities = ca is null ? null : reader.Try("ssl_ca", () => TrustedAuthorities.FromFile(ca, requireAbsolutePath: true));
        var options = identity is null ? null : reader.Try("ssl_cert", () => new TlsServerOptions(identity));
        return options is null ? null : reader.Try("ssl_cipher", () => options with
        {
            ClientTrust = authorities is null ? null : PeerTrust.Create(authorities),
            MinimumVersion = minimum,
            CipherSuites = ciphers,
        });
    }

    private static TlsVersion ReadVersion(SettingReader reader)
    {
        if (reader.Text("ssl_version") is not { } text)
            return TlsVersion.Tls12;
        switch (text.Split(':')[0].Replace("_", string.Empty).Replace(".", string.Empty).ToUpperInvariant())
        {
            case "TLSV13":
                return TlsVersion.Tls13;
            case "TLSV12":
                return TlsVersion.Tls12;
            case "SSLV23" or "SSLV3" or "SSLV2" or "TLSV1" or "TLSV11":
                reader.Warn("ssl_version", $"'{TentacleText.Show(text)}' would allow versions that are broken; 1.2 is the oldest that is spoken.");
                return TlsVersion.Tls12;
            default:
                reader.Problem("ssl_version", $"'{TentacleText.Show(text)}' is not a version of TLS: write TLSv12 or TLSv13.");
                return TlsVersion.Tls12;
        }
    }

    /// <summary>What stock has and has no meaning here is understood and said, so that a set-up can be taken over as it is.</summary>
    private static void NoteWhatIsOfNoUse(SettingReader reader)
    {
        reader.Flag("daemon");
        reader.Number("block_size", 1024, 1, int.MaxValue);
        if (reader.Text("invalid_chars") is not null)
            reader.Warn("invalid_chars", "the characters that a name may not have are fixed; invalid_chars is ignored.");
        if (reader.SourceOf("service") is not "default")
            reader.Warn("service", "a service is set up with the system's own tools; the option is ignored.");
        if (reader.SourceOf("help") is not "default")
            reader.Warn("help", "Get-Help Start-TentacleServer shows the help; the option is ignored.");
    }
}
