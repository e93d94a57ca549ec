using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Cmdlets.Base;
using PandoraSync.Protocol;
using PandoraSync.RemoteConfiguration;
using PandoraSync.Sync;

namespace PandoraSync.Cmdlets.Configurations;

/// <summary>Carries configurations for the cmdlets that do: asks before each change, and writes what became of each, a site after the other.</summary>
internal static class ConfigurationRun
{
    /// <summary>Carries them.</summary>
    /// <exception cref="TentacleException">The folders cannot be used; that has been written for each site.</exception>
    public static async Task CarryAsync(this CmdletPump pump, PSCmdlet cmdlet, IReadOnlyList<SyncSite> sites, RemoteConfigurationOptions options, CancellationToken cancellationToken)
    {
        var changes = new ConcurrentDictionary<string, ConcurrentQueue<ConfigurationChange>>(System.StringComparer.Ordinal);
        try
        {
            await RemoteConfigurationRunner.RunAsync(sites, options with
            {
                Confirm = (file, what) => pump.AskAsync(() => cmdlet.ShouldProcess(file, what), cancellationToken),
                Changed = change => changes.GetOrAdd(change.Site, _ => new ConcurrentQueue<ConfigurationChange>()).Enqueue(change),
                Completed = Complete,
                Progress = p => pump.Progress(new ProgressRecord(ActivityOf(p.Site), $"Carrying configurations of {p.Site}", $"{p.Done} of {p.Total} {p.Step}") { PercentComplete = p.Total == 0 ? 0 : 100 * p.Done / p.Total }),
                Warn = pump.Warning,
                Verbose = pump.Verbose,
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (TentacleException e)
        {
            foreach (var site in sites)
                pump.Output(new SyncedConfiguration(site.Name, e));
            throw;
        }

        void Complete(ConfigurationResult result)
        {
            pump.Verbose($"{result.Site}: {result.Unchanged} agents unchanged, {result.Copied} files carried, {result.Reported} reported, in {result.Elapsed.TotalSeconds:0.0} s; {result.BytesSent} bytes sent, {result.BytesReceived} received.");

            // Sites that are done side by side do not mix in the output.
            lock (changes)
            {
                if (changes.TryRemove(result.Site, out var own))
                    own.OrderBy(c => c.Kind).ThenBy(c => c.Agent ?? c.File, System.StringComparer.Ordinal).ToList().ForEach(Write);
                if (result.Error is not { } error)
                    return;
                pump.Output(new SyncedConfiguration(result.Site, error));
                pump.Error(error, result.Site);
            }
        }

        void Write(ConfigurationChange change)
        {
            pump.Output(new SyncedConfiguration(change));
            if (change.Error is { } error)
                pump.Error(error, change.File);
            else if (change.Outcome == ConfigurationOutcome.Conflict)
                pump.Warning($"'{change.File}' of {change.Site} is a conflict ({change.Reason}) and stays as it is on both sides: -Prefer Main or Site decides.");
            else if (change.KeptAs is not null && change.Outcome == ConfigurationOutcome.Copied)
                pump.Warning($"'{change.File}' of {change.Site} has replaced a version that the other side did not have; that one is kept as '{change.KeptAs}'.");
        }
    }

    // Sites are told apart by a number; two on one number would only share a line.
    private static int ActivityOf(string site) => System.StringComparer.Ordinal.GetHashCode(site) & int.MaxValue;
}
