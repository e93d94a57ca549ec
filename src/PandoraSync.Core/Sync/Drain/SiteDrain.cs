using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Files;
using PandoraSync.Protocol;
using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Drain;

/// <summary>Drains one site through several connections and says what became of it. It never throws for what a site or a disk does.</summary>
internal sealed class SiteDrain(SyncSite site, SyncOptions options, IncomingDirectory incoming, IReadOnlyCollection<string>? names)
{
    private readonly DrainProgress _progress = new(site.Name, options);
    private readonly List<string> _agentFolders = [];
    private NameTable? _listed;
    private DateTime? _certificateEnd;

    /// <summary>Drains the site.</summary>
    /// <param name="cancellationToken">Ends it at once; what was under way is finished by the next run.</param>
    public async Task<SiteResult> RunAsync(CancellationToken cancellationToken)
    {
        var manner = new AskingManner(options.AsksAhead, _progress.LogVerbose);
        _progress.Report();
        try
        {
            await DrainAsync(manner, cancellationToken).ConfigureAwait(false);
        }
        catch (TentacleException e)
        {
            _progress.Fail(e);
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            _progress.Fail(LocalFileError.Explain(e, incoming.Path, "prepare", site.Name));
        }

        return _progress.ToResult() with { AskedBy = manner.Description, HasListed = _listed is not null, OldestFile = _listed?.Oldest, CertificateEnd = _certificateEnd };
    }

    private async Task DrainAsync(AskingManner manner, CancellationToken cancellationToken)
    {
        await OwnStorage.RefuseAsync(site, incoming, cancellationToken).ConfigureAwait(false);
        using var staging = new StagingFolder(incoming, site, options.MinFreeBytes);
        staging.Clear();
        await Leftovers.DeliverRemovedAsync(staging.RemovedFolder, incoming, _progress).ConfigureAwait(false);
        try
        {
            await DrainAsync(staging, manner, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            staging.Tidy();
        }
    }

    private async Task DrainAsync(StagingFolder staging, AskingManner manner, CancellationToken cancellationToken)
    {
        var recovered = options.KeepsFiles ? [] : staging.Recover().Where(f => IsSafe(f.Name) && IsIntact(f)).ToArray();
        if (recovered.Length > 0)
            _progress.LogVerbose($"{recovered.Length} files of an interrupted run are finished first");

        // Draining goes on over the connection that has listed.
        using var client = names is null ? await ListAsync(recovered.Length > 0, cancellationToken).ConfigureAwait(false) : null;
        var queue = _listed is null
            ? new DrainQueue(recovered, TableOf(names!.Where(IsSafe)), static _ => true)
            : new DrainQueue(recovered, _listed, IsWanted);
        if (client is not null)
            await SkipFilesNamedAsFoldersAsync(client, cancellationToken).ConfigureAwait(false);
        _progress.Found(queue.Total);
        _progress.LogVerbose($"{queue.Total} files to take");
        if (queue.Total == 0)
        {
            if (client is not null)
                await client.LeaveAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        var context = new DrainContext(site, options, incoming, staging, queue, _progress, manner);
        await new ConnectionScaler(context, client).RunAsync(cancellationToken).ConfigureAwait(false);
        _progress.FailIfNothingCame();
    }

    /// <summary>Lists the buffer; listing is safe to repeat. A site with nothing in it, and nothing of it here, is asked no more than that.</summary>
    private async Task<TentacleClient> ListAsync(bool hasRecovered, CancellationToken cancellationToken) =>
        await RetryPolicy.RunAsync(site.Client, _progress.LogVerbose, async () =>
        {
            var client = await TentacleClient.ConnectAsync(site.Client, cancellationToken).ConfigureAwait(false);
            try
            {
                _certificateEnd = Earlier(client.PeerCertificateEnd, site.Client.Tls?.Identity?.Certificate.NotAfter.ToUniversalTime());
                var listed = new NameTable();
                await client.ListAsync(listed.Add, cancellationToken).ConfigureAwait(false);
                if (hasRecovered || !listed.IsEmpty)
                    await client.ProbeAsync(cancellationToken).ConfigureAwait(false);
                _listed = listed;
                return client;
            }
            catch
            {
                client.Dispose();
                throw;
            }
        }, cancellationToken).ConfigureAwait(false);

    private static DateTime? Earlier(DateTime? one, DateTime? other) => one is null || other < one ? other : one;

    private static NameTable TableOf(IEnumerable<string> wanted)
    {
        var table = new NameTable();
        foreach (var name in wanted)
            table.Add(new ArraySegment<byte>(TentacleText.Encode(name)));
        return table;
    }

    /// <summary>What is never fetched is named in the result; our own folder and those for the agents' own files are none of our business.</summary>
    private bool IsWanted(ListedName listed)
    {
        if (string.Equals(listed.Name, FileNameRules.ProbeName, StringComparison.Ordinal))
            return false;
        if (listed.UnsafeReason is { } reason)
            return Skip(listed.Name, $"The name is unsafe to ask a server for: {reason}.");
        if (FileNameRules.IsAgentFolder(listed.Name))
            _agentFolders.Add(listed.Name);
        else if (FileNameRules.WhyNotFetched(listed.Name) is { } whyNot)
            return Skip(listed.Name, $"Files of that name are not fetched: {whyNot}.");
        else
            return IsPossible(listed.Name);
        return false;
    }

    /// <summary>Names what is listed like a folder for the agents' own files and is a file, which nobody would ever hear of otherwise.</summary>
    private async Task SkipFilesNamedAsFoldersAsync(TentacleClient client, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var name in _agentFolders)
            {
                // A server of ours lists no folders.
                if (client.HasFastLane || await client.GetSizeAsync(name, cancellationToken).ConfigureAwait(false) is not null)
                    Skip(name, $"Files of that name are not fetched: {FileNameRules.WhyNotFetched(name)}.");
            }
        }
        catch (TentacleException e) when (!cancellationToken.IsCancellationRequested)
        {
            // It matters less than the files, which are taken over a new connection.
            _progress.LogVerbose(e.Message);
        }
    }

    private bool IsSafe(string name) =>
        FileNameRules.UnsafeReason(name) is { } reason ? Skip(name, $"The name is unsafe to ask a server for: {reason}.") : IsPossible(name);

    /// <summary>What the disk has not kept is named by each run, and never delivered.</summary>
    private bool IsIntact(StagedFile file)
    {
        string why;
        try
        {
            if (StagingFolder.IsIntact(file))
                return true;
            why = $"The disk has not kept what an earlier version of PandoraSync received by a move alone: '{file.Path}' has other content. If the server no longer has the file, it is lost; delete this one.";
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            why = LocalFileError.Explain(e, file.Path, "read").Message;
        }

        _progress.Skip(TentacleText.Show(file.Name), why, TentacleErrorKind.LocalFile);
        return false;
    }

    private bool IsPossible(string name) =>
        LocalName.WhyImpossible(name) is not { } reason || Skip(name, $"This system cannot have a file of that name: {reason}.");

    private bool Skip(string name, string why)
    {
        _progress.Skip(TentacleText.Show(name), why, TentacleErrorKind.BadName);
        return false;
    }
}
