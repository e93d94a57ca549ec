using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Files;
using PandoraSync.Native;
using PandoraSync.Protocol;
using PandoraSync.RemoteConfiguration.Ends;

namespace PandoraSync.RemoteConfiguration.Steps;

/// <summary>Sends the collections that a site's agents use, each archive before its digest. They only ever come from the main side.</summary>
internal sealed class CollectionStep(SiteContext context)
{
    /// <summary>Sends what differs.</summary>
    /// <exception cref="TentacleException">The site cannot be reached any more.</exception>
    /// <exception cref="IOException">The main side's folder cannot be read.</exception>
    public async Task RunAsync(SiteListing listing, CancellationToken cancellationToken)
    {
        var archives = MainSide.NamesIn(context.Main.CollectionFolder, ConfigurationNames.Zip);
        var used = context.Options.AllCollections ? archives.Where(ConfigurationNames.IsPlain) : UsedByAgents();
        var names = used.Distinct(StringComparer.Ordinal).OrderBy(n => n, StringComparer.Ordinal).ToArray();
        var there = new Dictionary<string, string>(StringComparer.Ordinal);
        await new SmallFiles(context.Connections, TentacleLimits.MaxLineBytes, Take).FetchAsync(names.Where(listing.Digests.Contains).Select(n => n + ConfigurationNames.Md5), cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(names.Select(n => RunAsync(n, archives.Contains(n), there.TryGetValue(n, out var digest) ? digest : null, cancellationToken))).ConfigureAwait(false);

        void Take(FetchedFile file)
        {
            if (file.Content is { } content && ConfigurationNames.ReadDigest(content) is { } digest)
                there[ConfigurationNames.Without(file.Name, ConfigurationNames.Md5)!] = digest;
        }
    }

    private IEnumerable<string> UsedByAgents() =>
        context.Agreements.Of(ConfigurationKind.Configuration).Where(a => a.State == AgreedState.Agreed).SelectMany(a => a.Collections);

    private async Task RunAsync(string name, bool isOnMain, string? there, CancellationToken cancellationToken)
    {
        var agreed = context.Agreements.Find(ConfigurationKind.Collection, name);
        var digest = isOnMain ? context.Main.ReadDigest(name) : null;
        if (!isOnMain)
        {
            await RemoveAsync(name, agreed, there, cancellationToken).ConfigureAwait(false);
            return;
        }

        if (digest is not null && string.Equals(digest, there, StringComparison.Ordinal))
        {
            if (!string.Equals(agreed?.Digest, digest, StringComparison.Ordinal))
                context.Agreements.Add(new AgreedFile(ConfigurationKind.Collection, name, digest));
            return;
        }

        var reason = there is null ? "the site does not have it" : string.Equals(there, agreed?.Digest, StringComparison.Ordinal) ? "changed on the main side" : "another at the site";
        if (digest is not null && !await context.MayAsync(ConfigurationDirection.Down, isRemoval: false, name + ConfigurationNames.Zip, agent: null, reason).ConfigureAwait(false))
            return;
        await ReportAsync(name, reason, () => SendAsync(name, digest, reason, cancellationToken)).ConfigureAwait(false);
    }

    private async Task<ConfigurationChange> SendAsync(string name, string? digest, string reason, CancellationToken cancellationToken)
    {
        var file = name + ConfigurationNames.Zip;
        using var content = FileSystemCalls.OpenRegular(Path.Combine(context.Main.CollectionFolder, file));
        if (digest is null || content is null || content.Length == 0 || !string.Equals(ConfigurationNames.DigestOf(content), digest, StringComparison.Ordinal))
            return Change(name, ConfigurationOutcome.Incomplete, "its .md5 does not fit it on the main side");
        await context.Connections.UseAsync(SendAsync, cancellationToken).ConfigureAwait(false);
        context.Agreements.Add(new AgreedFile(ConfigurationKind.Collection, name, digest));
        return Change(name, ConfigurationOutcome.Copied, reason) with { Bytes = content.Length };

        async Task<bool> SendAsync(TentacleClient client)
        {
            content.Position = 0;
            await client.SendAsync(file, content, content.Length, sent: null, cancellationToken).ConfigureAwait(false);

            // A stock server whose disk is full says that it has a file, and has the beginning of it.
            if (!client.HasFastLane && await client.GetSizeAsync(file, cancellationToken).ConfigureAwait(false) != content.Length)
                throw context.Error(TentacleErrorKind.Changed, file, $"{context.Site} has confirmed '{file}' and does not have it whole, so its .md5 was not sent.").Advise("Look whether the site's disk is full.");
            var text = TentacleText.Encode(digest);
            await client.SendAsync(name + ConfigurationNames.Md5, new MemoryStream(text), text.Length, sent: null, cancellationToken).ConfigureAwait(false);
            return true;
        }
    }

    /// <summary>Agents still name a collection that has been deleted on the main side.</summary>
    private async Task RemoveAsync(string name, AgreedFile? agreed, string? there, CancellationToken cancellationToken)
    {
        const string reason = "deleted on the main side";
        if (agreed is null || there is null || !Directory.Exists(context.Main.CollectionFolder))
            return;
        if (!context.Options.RemoveDeleted)
        {
            context.Report(Change(name, ConfigurationOutcome.Deleted, reason) with { Direction = ConfigurationDirection.None });
            return;
        }

        if (await context.MayAsync(ConfigurationDirection.Down, isRemoval: true, name + ConfigurationNames.Zip, agent: null, reason).ConfigureAwait(false))
            await ReportAsync(name, reason, RemoveAsync).ConfigureAwait(false);

        async Task<ConfigurationChange> RemoveAsync()
        {
            await context.Connections.UseAsync(async client =>
            {
                await client.DeleteAsync(name + ConfigurationNames.Md5, cancellationToken).ConfigureAwait(false);
                await client.DeleteAsync(name + ConfigurationNames.Zip, cancellationToken).ConfigureAwait(false);
                await client.ProbeAsync(cancellationToken).ConfigureAwait(false);
                return true;
            }, cancellationToken).ConfigureAwait(false);
            context.Agreements.Forget(agreed);
            return Change(name, ConfigurationOutcome.Removed, reason);
        }
    }

    private async Task ReportAsync(string name, string reason, Func<Task<ConfigurationChange>> work)
    {
        try
        {
            context.Report(await work().ConfigureAwait(false));
        }
        catch (TentacleException e)
        {
            context.Report(Change(name, ConfigurationOutcome.Failed, reason) with { Error = AgentsDown.WithAdvice(e) });
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            context.Report(Change(name, ConfigurationOutcome.Failed, reason) with { Error = LocalFileError.Explain(e, Path.Combine(context.Main.CollectionFolder, name + ConfigurationNames.Zip), "read", context.Site) });
        }
    }

    private ConfigurationChange Change(string name, ConfigurationOutcome outcome, string reason) => new()
    {
        Site = context.Site,
        Kind = ConfigurationKind.Collection,
        File = name + ConfigurationNames.Zip,
        Direction = ConfigurationDirection.Down,
        Outcome = outcome,
        Reason = reason,
    };
}
