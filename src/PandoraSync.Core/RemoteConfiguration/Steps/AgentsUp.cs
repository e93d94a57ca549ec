using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.RemoteConfiguration.Ends;
using PandoraSync.RemoteConfiguration.Plan;

namespace PandoraSync.RemoteConfiguration.Steps;

/// <summary>Copies configurations from a site to the main side, many under way, and puts them in their place some hundred at a time.</summary>
internal sealed class AgentsUp(SiteContext context)
{
    private const int MostAtOnce = 256;
    private const long MostBytesAtOnce = 16 * 1024 * 1024;
    private readonly List<(PlannedAction Action, NewConfiguration File)> _waiting = [];
    private long _bytes;

    /// <summary>Copies them.</summary>
    /// <exception cref="TentacleException">The site cannot be reached any more, or the disk is full.</exception>
    /// <exception cref="System.IO.IOException">One cannot be written.</exception>
    public async Task RunAsync(IReadOnlyCollection<PlannedAction> actions, CancellationToken cancellationToken)
    {
        var byFile = actions.ToDictionary(a => a.Name + ConfigurationNames.Conf, StringComparer.Ordinal);
        await new SmallFiles(context.Connections, context.Options.MaxFileBytes, file => Take(byFile[file.Name], file)).FetchAsync(byFile.Keys, cancellationToken).ConfigureAwait(false);
        Place();
    }

    private void Take(PlannedAction action, FetchedFile file)
    {
        if (file.Error is { } error)
        {
            var outcome = error.Kind == TentacleErrorKind.TooLarge ? ConfigurationOutcome.Skipped : ConfigurationOutcome.Failed;
            context.Report(Agreements.Change(context, action, outcome) with { Error = error, Reason = outcome == ConfigurationOutcome.Skipped ? "it is too large" : "it cannot be read at the site" });
            return;
        }

        // A pair that does not agree is being written just now, or is broken: the next run looks again.
        if (file.Content is not { } content || !string.Equals(ConfigurationNames.DigestOf(content), action.State.Site.Digest, StringComparison.Ordinal))
        {
            context.Report(Agreements.Change(context, action, ConfigurationOutcome.Incomplete) with { Reason = "its .md5 does not fit it at the site" });
            return;
        }

        _waiting.Add((action, new NewConfiguration(action.Name, content, action.State.Site.Digest!, action.IsConflict ? null : action.State.Agreed)));
        _bytes += content.Length;
        if (_waiting.Count >= MostAtOnce || _bytes >= MostBytesAtOnce)
            Place();
    }

    private void Place()
    {
        var (waiting, bytes) = (_waiting.ToArray(), _bytes);
        _waiting.Clear();
        _bytes = 0;
        if (waiting.Length == 0)
            return;
        IReadOnlyList<string?> kept;
        context.Space.Take(bytes);
        try
        {
            kept = context.Main.Put(context.Site, waiting.Select(w => w.File).ToArray());
        }
        finally
        {
            context.Space.Release(bytes);
        }

        for (var i = 0; i < waiting.Length; i++)
        {
            var (action, file) = waiting[i];
            var agreed = Agreements.Of(file.Name, file.Content, file.Digest);
            context.Agreements.Add(agreed);
            context.Report(Agreements.Change(context, action, ConfigurationOutcome.Copied) with
            {
                Agent = AgentConfiguration.Read(file.Name, file.Content).Name,
                Bytes = file.Content.Length,
                KeptAs = kept[i],
            });
        }
    }
}
