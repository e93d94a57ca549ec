using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Protocol;
using PandoraSync.RemoteConfiguration.Ends;
using PandoraSync.RemoteConfiguration.Plan;

namespace PandoraSync.RemoteConfiguration.Steps;

/// <summary>Keeps the version that a site has of one configuration before it is replaced or removed, unless it is the one that both sides had.</summary>
internal sealed class VersionKeeper(SiteContext context, PlannedAction action)
{
    private string? _keptDigest;

    /// <summary>Where it is kept; null if there was none to be kept.</summary>
    public string? KeptAs { get; private set; }

    private string File => action.Name + ConfigurationNames.Conf;

    /// <summary>Looks what the site has, and keeps it if it must be.</summary>
    /// <param name="client">A connection to the site.</param>
    /// <param name="digest">The version that is to come; null for none.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    /// <returns>True if the site has the version that is to come.</returns>
    /// <exception cref="TentacleException">It cannot be looked at, is too large to be kept, or there are too many kept versions.</exception>
    public async Task<bool> HasAsync(TentacleClient client, string? digest, CancellationToken cancellationToken)
    {
        var there = await SmallFiles.FetchAloneAsync(client, File, context.Options.MaxFileBytes, cancellationToken).ConfigureAwait(false);
        if (there.Error is { } error)
            throw error;
        if (there.Content is not { } content)
            return false;
        if (string.Equals(ConfigurationNames.DigestOf(content), digest, StringComparison.Ordinal))
            return true;
        Keep(content);
        return false;
    }

    /// <summary>Has the site delete it, and keeps what comes if that is yet another version.</summary>
    /// <exception cref="TentacleException">It cannot be deleted.</exception>
    public async Task TakeAsync(TentacleClient client, CancellationToken cancellationToken)
    {
        MemoryStream? content = null;
        var size = await client.TakeAsync(TentacleVerb.Mv, File, announced => content = announced <= context.Options.MaxFileBytes ? new MemoryStream((int)announced) : null, received: null, cancellationToken).ConfigureAwait(false);
        if (content is not null)
            Keep(content.ToArray());

        // The next answer shows that it has been deleted.
        await client.ProbeAsync(cancellationToken).ConfigureAwait(false);
        if (size is not null && content is null)
            throw context.Error(TentacleErrorKind.TooLarge, File, $"'{File}' at {context.Site} has {size} bytes, over the limit of {context.Options.MaxFileBytes}, and was not removed: raise the largest size (-MaxFileSize).");
    }

    private void Keep(byte[] content)
    {
        var digest = ConfigurationNames.DigestOf(content);

        // An attempt that broke may have kept it already.
        if (content.Length == 0 || string.Equals(digest, _keptDigest, StringComparison.Ordinal) || string.Equals(digest, action.State.Agreed, StringComparison.Ordinal))
            return;
        context.Space.Take(content.Length);
        context.Space.Release(content.Length);
        KeptAs = context.Main.Kept.Keep(context.Site, File, content);
        _keptDigest = digest;
    }
}
