using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Files;
using PandoraSync.Protocol;
using PandoraSync.RemoteConfiguration.Ends;
using PandoraSync.RemoteConfiguration.Plan;

namespace PandoraSync.RemoteConfiguration.Steps;

/// <summary>
/// Sends configurations of the main side to a site, or removes them there. The configuration comes before its digest, since an agent compares the
/// digest and then fetches the configuration; and what is replaced is looked at before, since there is no lock on a Tentacle server.
/// </summary>
internal sealed class AgentsDown(SiteContext context)
{
    /// <summary>Does one step; what goes wrong with it is said and stops no other.</summary>
    /// <exception cref="OperationCanceledException">The run was stopped.</exception>
    public async Task RunAsync(PlannedAction action, CancellationToken cancellationToken)
    {
        var keeper = new VersionKeeper(context, action);
        try
        {
            context.Report(await context.Connections.UseAsync(client => action.Step == PlannedStep.SendDown ? SendAsync(client, action, keeper, cancellationToken) : RemoveAsync(client, action, keeper, cancellationToken), cancellationToken).ConfigureAwait(false));
        }
        catch (TentacleException e)
        {
            context.Report(Failed(action, keeper, e));
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            context.Report(Failed(action, keeper, LocalFileError.Explain(e, context.Main.Path, "configuration", context.Site)));
        }
    }

    private async Task<ConfigurationChange> SendAsync(TentacleClient client, PlannedAction action, VersionKeeper keeper, CancellationToken cancellationToken)
    {
        var conf = action.Name + ConfigurationNames.Conf;
        var digest = context.Main.ReadDigest(action.Name);
        if (context.Main.ReadContent(action.Name) is not { Length: > 0 } content || digest is null || !string.Equals(ConfigurationNames.DigestOf(content), digest, StringComparison.Ordinal))
            return Agreements.Change(context, action, ConfigurationOutcome.Incomplete) with { Reason = "its .md5 does not fit it on the main side" };
        if (!await keeper.HasAsync(client, digest, cancellationToken).ConfigureAwait(false))
        {
            await client.SendAsync(conf, new MemoryStream(content), content.Length, sent: null, cancellationToken).ConfigureAwait(false);
            await CheckStoredAsync(client, conf, digest, cancellationToken).ConfigureAwait(false);
        }

        var text = TentacleText.Encode(digest);
        await client.SendAsync(action.Name + ConfigurationNames.Md5, new MemoryStream(text), text.Length, sent: null, cancellationToken).ConfigureAwait(false);
        context.Agreements.Add(Agreements.Of(action.Name, content, digest));
        return Agreements.Change(context, action, ConfigurationOutcome.Copied) with { Agent = AgentConfiguration.Read(action.Name, content).Name, Bytes = content.Length, KeptAs = keeper.KeptAs };
    }

    /// <summary>A stock server whose disk is full says that it has a file, and has the beginning of it (protocol.md, section 2).</summary>
    private async Task CheckStoredAsync(TentacleClient client, string file, string digest, CancellationToken cancellationToken)
    {
        if (client.HasFastLane)
            return;
        var stored = await SmallFiles.FetchAloneAsync(client, file, long.MaxValue, cancellationToken).ConfigureAwait(false);
        if (stored.Content is not { } content || !string.Equals(ConfigurationNames.DigestOf(content), digest, StringComparison.Ordinal))
            throw context.Error(TentacleErrorKind.Changed, file, $"{context.Site} has confirmed '{file}' and does not have it whole, so its .md5 was not sent.").Advise("Look whether the site's disk is full, or somebody else writes its configurations.");
    }

    private async Task<ConfigurationChange> RemoveAsync(TentacleClient client, PlannedAction action, VersionKeeper keeper, CancellationToken cancellationToken)
    {
        // The digest first, so that there is never one without its configuration.
        await keeper.HasAsync(client, digest: null, cancellationToken).ConfigureAwait(false);
        await client.DeleteAsync(action.Name + ConfigurationNames.Md5, cancellationToken).ConfigureAwait(false);
        await keeper.TakeAsync(client, cancellationToken).ConfigureAwait(false);
        context.Agreements.Add(new AgreedFile(ConfigurationKind.Configuration, action.Name, action.State.Agreed!, AgreedState.Deleted));
        context.Owners.Release(action.Name);
        return Agreements.Change(context, action, ConfigurationOutcome.Removed) with { KeptAs = keeper.KeptAs };
    }

    private ConfigurationChange Failed(PlannedAction action, VersionKeeper keeper, TentacleException error) =>
        Agreements.Change(context, action, error.Kind == TentacleErrorKind.TooLarge ? ConfigurationOutcome.Skipped : ConfigurationOutcome.Failed) with
        {
            Reason = action.Reason,
            KeptAs = keeper.KeptAs,
            Error = WithAdvice(error),
        };

    /// <summary>The advice for agents that send, such as another name, is none here.</summary>
    internal static TentacleException WithAdvice(TentacleException error) =>
        error.Kind == TentacleErrorKind.Refused && error.Message.IndexOf(RefusalReasons.Exists, StringComparison.Ordinal) >= 0
            ? error.Advise("Start the site's server with -Overwrite (-o of a stock one, overwrite 1): without it a configuration that is there cannot be replaced.")
            : error;
}
