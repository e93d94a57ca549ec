using System;
using System.Collections.Generic;
using System.Linq;
using PandoraSync.Sync;
using PandoraSync.Sync.Continuous;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Cmdlets.Sync;

/// <summary>Sites that parameters or piped objects name as what a continuous run drains: they stay, their certificates are read again.</summary>
internal sealed class GivenPlan(IReadOnlyList<GivenSite> sites, SyncOptions options, ISiteFollower? follower) : ISyncPlanSource
{
    /// <inheritdoc/>
    public IReadOnlyCollection<string> Files { get; } = sites.SelectMany(s => s.Tls?.Files ?? []).Distinct(StringComparer.Ordinal).ToArray();

    /// <inheritdoc/>
    public SyncPlan Read()
    {
        var made = new Dictionary<string, TlsClientOptions>(StringComparer.Ordinal);
        return new SyncPlan(sites.Select(s => s.Tls is { } tls ? new SyncSite(s.Site.Client with { Tls = Make(tls) }) : s.Site).ToArray(), options) { Follower = follower };

        // One object for all that are called alike, so that TLS sessions are resumed.
        TlsClientOptions Make(Base.TlsParameters tls) => made.TryGetValue(tls.Key, out var known) ? known : made[tls.Key] = tls.ToClientOptions();
    }
}
