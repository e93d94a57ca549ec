using System;
using System.Collections.Generic;
using System.Linq;
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

    /// <inheritdoc/>
    public SyncPlan Read()
    {
        var configuration = PandoraSyncConfiguration.Read(path);
        Files = [path, .. configuration.Settings.Where(s => FileKeys.Contains(s.Key, StringComparer.Ordinal)).Select(s => s.Value)];
        foreach (var warning in configuration.Warnings)
            told(warning);
        if (!configuration.IsEnabled)
            told($"{configuration}: set syncserver to 1 to turn it on.");
        else if (configuration.IncludesConfiguration)
            told($"{path}: sync_config is for runs that end; beside a continuous one run Sync-TentacleConfiguration by a schedule of its own.");
        return new SyncPlan(configuration.IsEnabled ? configuration.Sites : [], given(configuration.Options));
    }
}
