using System;
using System.Collections.Generic;
using System.Linq;
using PandoraSync.Certificates.Trust;
using PandoraSync.Protocol;
using PandoraSync.RemoteConfiguration;
using PandoraSync.Sync;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Configuration;

/// <summary>What a pandora_server.conf says about the sync server (protocol.md, section 8), without connecting anywhere.</summary>
internal sealed class PandoraSyncConfiguration
{
    private const string DefaultIncomingDirectory = "/var/spool/pandora/data_in";
    private const string RemovedMode = "sync_mode";
    private static readonly string[] Keys =
    [
        "syncserver", "sync_address", "sync_port", "sync_ca", "sync_cert", "sync_key", "sync_retries", "sync_timeout", "sync_block_size", "incomingdir",
        "sync_password", "sync_verify_host", "sync_connections", "sync_config", "sync_config_prefer", "sync_config_direction", RemovedMode,
    ];

    private PandoraSyncConfiguration(string path, SettingReader reader)
    {
        Path = path;
        IsEnabled = ReadSwitch(reader);
        Sites = ReadSites(reader);
        Options = ReadOptions(reader);
        IncludesConfiguration = reader.Flag("sync_config");
        RemoteConfiguration = ReadRemoteConfiguration(reader, Options);
        reader.Number("sync_block_size", 65535, 1, int.MaxValue);
        reader.WarnOfUnknown(Keys, "of the sync server");
        reader.ThrowIfWrong(path);
        Settings = reader.Settings;
        Warnings = reader.Warnings;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Whether <c>syncserver</c> is on.</summary>
    public bool IsEnabled { get; }

    /// <summary>The sites, in the file's order.</summary>
    public IReadOnlyList<SyncSite> Sites { get; }

    /// <summary>How they are drained, and where to.</summary>
    public SyncOptions Options { get; }

    /// <summary>Whether agents' configurations are carried along (<c>sync_config</c>).</summary>
    public bool IncludesConfiguration { get; }

    /// <summary>How they are carried.</summary>
    public RemoteConfigurationOptions RemoteConfiguration { get; }

    /// <summary>What was understood, and from which line.</summary>
    public IReadOnlyList<ConfigurationSetting> Settings { get; }

    /// <summary>What is odd but no mistake.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: what is wrong, a sentence with file and line for each mistake.</exception>
    public static PandoraSyncConfiguration Read(string path) =>
        new(path, new SettingReader(ConfigurationFile.Read(path), key => key is "syncserver" or "incomingdir" || key.StartsWith("sync_", StringComparison.Ordinal)));

    /// <summary>What running it would do, in a sentence.</summary>
    public override string ToString() => IsEnabled
        ? $"{Path}: drains {string.Join(", ", Sites.Select(s => s.Name))} into {Options.IncomingDirectory} (at most {Options.Connections} connections a site)"
        : $"{Path}: syncserver is off, so nothing is drained";

    private static bool ReadSwitch(SettingReader reader)
    {
        var text = reader.Text("syncserver", "0")!;
        if (text is not ("0" or "1"))
            reader.Warn("syncserver", $"syncserver is on when it is 1; '{TentacleText.Show(text)}' means off.");
        return text is "1";
    }

    private static IReadOnlyList<SyncSite> ReadSites(SettingReader reader)
    {
        var port = (int)reader.Number("sync_port", TentacleLimits.DefaultPort, 1, 65535);
        var addresses = (reader.Text("sync_address") ?? string.Empty).Split([','], StringSplitOptions.RemoveEmptyEntries).Select(a => a.Trim()).Where(a => a.Length > 0).ToArray();
        if (addresses.Length == 0 && reader.SourceOf("syncserver") is not "default")
            reader.Problem("syncserver", "sync_address is missing: give the sites' Tentacle servers, separated by commas.");
        var retries = (int)reader.Number("sync_retries", 3, 0, 100);
        var timeout = TimeSpan.FromSeconds(reader.Seconds("sync_timeout", 10));
        var password = reader.Text("sync_password", isSecret: true) is { } text ? reader.Try("sync_password", () => TentaclePassword.FromText(text)) : null;
        var tls = ReadTls(reader);
        var sites = new List<SyncSite>();
        foreach (var address in addresses)
        {
            if (reader.Try("sync_address", () => new SyncSite(new TentacleClientOptions(TentacleEndpoint.Parse(address, port)) { RetryCount = retries, Timeout = timeout, Password = password, Tls = tls?.Invoke() })) is { } site)
                sites.Add(site);
        }

        return SyncSite.Distinct(sites, warning => reader.Warn("sync_address", warning));
    }

    /// <summary>TLS as the file has it: one options object a site, so that a name that does not match is warned of once for each.</summary>
    private static Func<TlsClientOptions>? ReadTls(SettingReader reader)
    {
        var (ca, certificate, key) = (reader.AbsolutePath("sync_ca"), reader.AbsolutePath("sync_cert"), reader.AbsolutePath("sync_key"));
        var mustMatch = reader.Flag("sync_verify_host");
        if (ca is null && certificate is null && key is null)
            return null;
        if (ca is null && reader.SourceOf("sync_ca") is "default")
            reader.Problem(certificate is null ? "sync_key" : "sync_cert", "sync_ca is missing: without an authority nobody can tell whether the other side is a site.");
        if (key is not null && certificate is null && reader.SourceOf("sync_cert") is "default")
            reader.Problem("sync_key", "sync_cert is missing: a key needs its certificate.");
        var authorities = ca is null ? null : reader.Try("sync_ca", () => TrustedAuthorities.FromFile(ca, requireAbsolutePath: true));
        var identity = certificate is null ? null : reader.Try("sync_cert", () => TlsIdentity.FromFiles(certificate, key, requireAbsolutePaths: true));
        return authorities is null ? null : () => new TlsClientOptions(PeerTrust.Create(authorities))
        {
            Identity = identity,
            HostNameCheck = mustMatch ? HostNameCheck.Require : HostNameCheck.Warn,
        };
    }

    private static SyncOptions ReadOptions(SettingReader reader)
    {
        var incoming = reader.Text("incomingdir", DefaultIncomingDirectory)!;
        var connections = (int)reader.Number("sync_connections", 8, 1, 64);
        if (reader.SourceOf(RemovedMode) is not "default")
            reader.Warn(RemovedMode, "sync_mode has no effect any more: every drain is safe, and as fast as the line allows; remove the line.");
        return reader.Try("incomingdir", () => new SyncOptions(incoming) { Connections = connections })
            ?? new SyncOptions(System.IO.Path.GetTempPath());
    }

    private static RemoteConfigurationOptions ReadRemoteConfiguration(SettingReader reader, SyncOptions sync)
    {
        var prefer = Choice(reader, "sync_config_prefer", "main", "site", "neither");
        var direction = Choice(reader, "sync_config_direction", "both", "up", "down");
        return new RemoteConfigurationOptions(sync.IncomingDirectory)
        {
            Connections = sync.Connections,
            Prefer = (ConfigurationPreference)prefer,
            IsUp = direction != 2,
            IsDown = direction != 1,
        };
    }

    /// <summary>One of a few words; the first is the default.</summary>
    /// <returns>Its place among them.</returns>
    private static int Choice(SettingReader reader, string key, params string[] words)
    {
        var text = reader.Text(key, words[0])!;
        var place = Array.IndexOf(words, text.ToLowerInvariant());
        if (place < 0)
            reader.Problem(key, $"{key} must be {string.Join(", ", words, 0, words.Length - 1)} or {words[words.Length - 1]}, not '{TentacleText.Show(text)}'.");
        return Math.Max(0, place);
    }
}
