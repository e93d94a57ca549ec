using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Protocol;

namespace PandoraSync.RemoteConfiguration.Ends;

/// <summary>What a site has in its folders for the agents' files, as far as the names are such as agents and main servers use.</summary>
/// <param name="Digests">Names that have a <c>.md5</c>: agents' and collections'.</param>
/// <param name="Contents">Agents that have a <c>.conf</c>.</param>
internal sealed record SiteListing(HashSet<string> Digests, HashSet<string> Contents)
{
    // Names that the usual filters put into the folders.
    private const string SampleOfDigests = "pandorasync" + ConfigurationNames.Md5;
    private const string SampleOfContents = "pandorasync" + ConfigurationNames.Conf;
    private const string Advice = "Start it with filters for the agents' files, such as -i '.*\\.conf:conf;.*\\.md5:md5;.*\\.zip:collections;.*\\.rcmd:commands', and create these folders in its storage directory.";

    /// <summary>
    /// Lists the folders: the digests first. An agent writes its configuration before the digest, so that of each digest listed the configuration is there.
    /// </summary>
    /// <exception cref="TentacleException">It does not allow listing, or has no such folders.</exception>
    public static async Task<SiteListing> ReadAsync(TentacleClient client, CancellationToken cancellationToken)
    {
        var digests = await ListAsync(client, SampleOfDigests, cancellationToken).ConfigureAwait(false);
        var contents = await ListAsync(client, SampleOfContents, cancellationToken).ConfigureAwait(false);
        if (contents.Any(n => n.EndsWith(ConfigurationNames.Md5, StringComparison.Ordinal)) || digests.Any(n => n.EndsWith(ConfigurationNames.Conf, StringComparison.Ordinal)))
            throw new TentacleException(TentacleErrorKind.Configuration, $"{client.Options.Endpoint} keeps .conf and .md5 files in one folder, from which drains may take them.") { Peer = client.Options.Endpoint.ToString(), Step = "LS" }.Advise(Advice);
        return new SiteListing(
            new HashSet<string>(digests.Select(n => ConfigurationNames.Without(n, ConfigurationNames.Md5)).OfType<string>().Where(n => ConfigurationNames.IsAgent(n) || ConfigurationNames.IsPlain(n)), StringComparer.Ordinal),
            new HashSet<string>(contents.Select(n => ConfigurationNames.Without(n, ConfigurationNames.Conf)).OfType<string>().Where(ConfigurationNames.IsAgent), StringComparer.Ordinal));
    }

    private static async Task<IReadOnlyList<string>> ListAsync(TentacleClient client, string sample, CancellationToken cancellationToken)
    {
        try
        {
            var listed = await client.ListAsync(sample, cancellationToken).ConfigureAwait(false);
            return listed.Where(n => n.UnsafeReason is null).Select(n => n.Name).ToArray();
        }
        catch (TentacleException e) when (e.Kind == TentacleErrorKind.Refused)
        {
            throw new TentacleException(TentacleErrorKind.NotFound, $"{client.Options.Endpoint} has no folder for files such as '{sample}'.", e) { Peer = client.Options.Endpoint.ToString(), Step = "LS" }.Advise(Advice);
        }
    }
}
