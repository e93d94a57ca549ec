using System;
using System.Collections.Generic;
using System.Linq;
using PandoraSync.Certificates.Trust;
using PandoraSync.RemoteConfiguration;
using PandoraSync.Sync;
using PandoraSync.Sync.Continuous;

namespace PandoraSync.Configuration;

/// <summary>A pandora_server.conf as what a continuous run drains. While it is off, nothing is drained.</summary>
/// <param name="path">The file.</param>
/// <param name="given">Adds what is not in the file.</param>
/// <param name="told">Told each warning about the file, at each reading.</param>
internal sealed class ConfiguredPlan(string path, Func<SyncOptions, SyncOptions> given, Action<string> told) : ISyncPlanSource
{
    private static readonly string[] FileKeys = ["sync_ca", "sync_cert", "sync_key"];

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Files { get; private set; } = [path];

    /// <summary>Makes what carries agents' configurations; asked at each reading, where the file or the command wants that. Null for nothing.</summary>
    public Func<RemoteConfigurationOptions, ISiteFollower>? Carrying { get; init; }

    /// <summary>True to carry them whatever the file says.</summary>
    public bool IncludesConfiguration { get; init; }

    /// <inheritdoc/>
    public SyncPlan Read()
    {
        var configuration = PandoraSyncConfiguration.Read(path);
        Files = [path, .. configuration.Settings.Where(s => FileKeys.Contains(s.Key, StringComparer.Ordinal)).Select(s => s.Value)];
        foreach (var warning in configuration.Warnings)
            told(warning);
        if (!configuration.IsEnabled)
            told($"{configuration}: set syncserver to 1 to turn it on.");
        return new SyncPlan(configuration.IsEnabled ? [.. configuration.Sites.Select(WithWarning)] : [], given(configuration.Options))
        {
            Follower = IncludesConfiguration || configuration.IncludesConfiguration ? Carrying?.Invoke(configuration.RemoteConfiguration) : null,
        };
    }

    /// <summary>Has a name that does not match its certificate said, where the file asks for no more than that.</summary>
    private SyncSite WithWarning(SyncSite site) =>
        site.Client.Tls is { HostNameCheck: HostNameCheck.Warn } tls ? new SyncSite(site.Client with { Tls = tls with { Warn = told } }) : site;
}
