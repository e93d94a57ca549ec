using System;
using System.Collections.Concurrent;
using PandoraSync.Protocol;
using PandoraSync.RemoteConfiguration.Ends;
using PandoraSync.Sync;

namespace PandoraSync.RemoteConfiguration.Steps;

/// <summary>
/// Which site has which agent: the one that first had it, until it is deleted there. On the main side all agents are in one folder, so without this
/// a site could change another's agent by its name.
/// </summary>
internal sealed class AgentOwners
{
    private readonly ConcurrentDictionary<string, string> _sites = new(StringComparer.Ordinal);

    /// <summary>Takes what was agreed on with a site.</summary>
    public void Add(string siteFolder, AgreementFile agreements)
    {
        foreach (var agent in agreements.Of(ConfigurationKind.Configuration))
        {
            if (agent.State == AgreedState.Agreed)
                _sites.TryAdd(agent.Name, siteFolder);
        }
    }

    /// <summary>Gives an agent to a site unless another has it.</summary>
    /// <returns>The other site, for messages; null if it is this one's.</returns>
    public string? Claim(string agent, string siteFolder)
    {
        var owner = _sites.GetOrAdd(agent, siteFolder);
        return string.Equals(owner, siteFolder, StringComparison.Ordinal) ? null : SyncSite.ReadFolderName(owner)?.ToString() ?? TentacleText.Show(owner);
    }

    /// <summary>Says that a site no longer has an agent.</summary>
    public void Release(string agent) => _sites.TryRemove(agent, out _);
}
