using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.Sync.Continuous;

namespace PandoraSync.RemoteConfiguration;

/// <summary>The way back in a continuous run: carries what differs with each site that has been drained, and tells what becomes of it.</summary>
/// <param name="options">How.</param>
/// <param name="changed">Told of each thing that was done or has to be said; null for nobody.</param>
internal sealed class ConfigurationFollower(RemoteConfigurationOptions options, Action<ConfigurationChange>? changed) : ISiteFollower
{
    /// <inheritdoc/>
    public async Task FollowAsync(IReadOnlyList<SyncSite> sites, Action<SyncLogEntry> log, CancellationToken cancellationToken)
    {
        try
        {
            await RemoteConfigurationRunner.RunAsync(sites, options with
            {
                Changed = change =>
                {
                    log(Entry(LevelOf(change), TextOf(change), change.Site, change.Error));
                    changed?.Invoke(change);
                },
                Completed = result => log(result.Error is { } error
                    ? Entry(SyncLogLevel.Warning, $"Not all agents' configurations of {result.Site} could be carried: {error.Message}", result.Site, error)
                    : Entry(SyncLogLevel.Verbose, $"{result.Site}: {result.Unchanged} agents' configurations unchanged, {result.Copied} files carried, {result.Reported} reported, in {result.Elapsed.TotalSeconds:0.0} s.", result.Site)),
                Warn = text => log(Entry(SyncLogLevel.Warning, text)),
                Verbose = text => log(Entry(SyncLogLevel.Verbose, text)),
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (TentacleException e)
        {
            log(Entry(SyncLogLevel.Warning, $"Agents' configurations are not carried, which keeps no site from being drained: {e.Message}", error: e));
        }
    }

    private static SyncLogEntry Entry(SyncLogLevel level, string text, string? site = null, TentacleException? error = null) => new(DateTime.UtcNow, level, text, site, error);

    /// <summary>What stays as it is, is found by each round, and told as a warning, which is not repeated at each.</summary>
    private static SyncLogLevel LevelOf(ConfigurationChange change) => change.Outcome switch
    {
        ConfigurationOutcome.Copied or ConfigurationOutcome.Removed when change.KeptAs is null => SyncLogLevel.Information,
        ConfigurationOutcome.Incomplete => SyncLogLevel.Verbose,
        _ => SyncLogLevel.Warning,
    };

    private static string TextOf(ConfigurationChange change)
    {
        var file = $"'{change.File}'{(change.Agent is { } agent ? $" (agent {agent})" : string.Empty)} of {change.Site}";
        var kept = change.KeptAs is { } path ? $" The version that it replaced is kept as '{path}'." : string.Empty;
        return (change.Outcome, change.Direction) switch
        {
            _ when change.Error is { } error => $"{file} was not carried: {error.Message}",
            (ConfigurationOutcome.Copied, ConfigurationDirection.Up) => $"{file} was copied to the main side: {change.Reason}.{kept}",
            (ConfigurationOutcome.Copied, _) => $"{file} was copied to the site: {change.Reason}.{kept}",
            (ConfigurationOutcome.Removed, _) => $"{file} was removed on the other side too: {change.Reason}.{kept}",
            (ConfigurationOutcome.Conflict, _) => $"{file} is a conflict ({change.Reason}) and stays as it is on both sides: sync_config_prefer, or Sync-TentacleConfiguration -Prefer, decides.",
            var (outcome, _) => $"{file}: {outcome}, {change.Reason}.",
        };
    }
}
