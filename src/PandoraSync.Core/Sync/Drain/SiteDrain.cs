using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Client;
using PandoraSync.Files;
using PandoraSync.Protocol;
using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Drain;

/// <summary>Drains one site through several connections and says what became of it. It never throws for what a site or a disk does.</summary>
internal sealed class SiteDrain
{
    private readonly SyncSite _site;
    private readonly SyncOptions _options;
    private readonly IncomingDirectory _incoming;
    private readonly IReadOnlyCollection<string>? _names;
    private readonly DrainProgress _tally;
    private readonly AskingManner _manner;
    private readonly List<string> _agentFolders = [];
    private NameTable? _listed;
    private DateTime? _certificateEnd;

    public SiteDrain(SyncSite site, SyncOptions options, IncomingDirectory incoming, IReadOnlyCollection<string>? names)
    {
        _site = site;
        _options = options;
        _incoming = incoming;
        _names = names;
        _tally = new DrainProgress(site, options);
        _manner = new AskingManner(options.AsksAhead, _tally.LogVerbose);
    }

    /// <summary>Drains the site.</summary>
    /// <param name="cancellationToken">Ends it at once; what was under way is finished by the next run.</param>
    public async Task<SiteResult> RunAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        _tally.Begin();
        try
        {
            await DrainAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TentacleException e)
        {
            _tally.Fail(e);
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            _tally.Fail(LocalFileError.Explain(e, _incoming.Path, "prepare", _site.Name));
        }

        return new SiteResult
        {
            Site = _site.Name,
            Files = _tally.Files,
            Bytes = _tally.Bytes,
            Recovered = _tally.Recovered,
            Skipped = _tally.Skipped,
            SkippedCount = _tally.SkippedCount,
            Elapsed = clock.Elapsed,
            Error = _tally.Fatal,
            AskedBy = _manner.Description,
            HasListed = _listed is not null,
            OldestFile = _listed?.Oldest,
            CertificateEnd = _certificateEnd,
        };
    }

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        await OwnStorage.RefuseAsync(_site, _incoming, cancellationToken).ConfigureAwait(false);
        using var staging = new StagingFolder(_incoming, _site, _options.MinFreeBytes);
        staging.Clear();
        await Leftovers.DeliverRemovedAsync(staging.RemovedFolder, _incoming, _tally).ConfigureAwait(false);
        try
        {
            await DrainAsync(staging, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            staging.Tidy();
        }
    }

    private async Task DrainAsync(StagingFolder staging, CancellationToken cancellationToken)
    {
        var recovered = _options.KeepsFiles ? [] : staging.Recover().Where(f => IsSafe(f.Name) && IsIntact(f)).ToArray();
        if (recovered.Length > 0)
            _tally.LogVerbose($"{recovered.Length} files of an interrupted run are finished first");
        using var listing = _names is null ? await ListAsync(cancellationToken).ConfigureAwait(false) : null;
        var queue = listing is null
            ? new DrainQueue(recovered, TableOf(_names!.Where(IsSafe)), static _ => true)
            : new DrainQueue(recovered, listing.Names, IsWanted);
        _listed = listing?.Names;
        if (listing is not null)
            await LeaveFilesNamedAsFoldersAsync(listing.Client, cancellationToken).ConfigureAwait(false);
        _tally.Found(queue.Total);
        _tally.LogVerbose($"{queue.Total} files to take");
        if (queue.Total == 0)
        {
            if (listing is not null)
                await listing.Client.LeaveAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        var context = new DrainContext(_site, _options, _incoming, staging, queue, _tally, _manner);
        await new ConnectionScaler(context, listing?.Client).RunAsync(cancellationToken).ConfigureAwait(false);
        _tally.FailIfNothingCame();
    }

    /// <summary>Lists the buffer; listing is safe to repeat.</summary>
    private async Task<SiteListing> ListAsync(CancellationToken cancellationToken) =>
        await RetryPolicy.RunAsync(_site.Client, _tally.LogVerbose, async () =>
        {
            var client = await TentacleClient.ConnectAsync(_site.Client, cancellationToken).ConfigureAwait(false);
            try
            {
                _certificateEnd = Earlier(client.PeerCertificateEnd, _site.Client.Tls?.Identity?.Certificate.NotAfter.ToUniversalTime());
                await client.ProbeAsync(cancellationToken).ConfigureAwait(false);
                var names = new NameTable();
                await client.ListAsync(names.Add, cancellationToken).ConfigureAwait(false);
                return new SiteListing(client, names);
            }
            catch
            {
                client.Dispose();
                throw;
            }
        }, cancellationToken).ConfigureAwait(false);

    private static DateTime? Earlier(DateTime? one, DateTime? other) => one is null || other < one ? other : one;

    private static NameTable TableOf(IEnumerable<string> names)
    {
        var table = new NameTable();
        foreach (var name in names)
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
    private async Task LeaveFilesNamedAsFoldersAsync(TentacleClient client, CancellationToken cancellationToken)
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
            _tally.LogVerbose(e.Message);
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

        _tally.Skip(TentacleText.Show(file.Name), why, TentacleErrorKind.LocalFile);
        return false;
    }

    private bool IsPossible(string name) =>
        LocalName.WhyImpossible(name) is not { } reason || Skip(name, $"This system cannot have a file of that name: {reason}.");

    private bool Skip(string name, string why)
    {
        _tally.Skip(TentacleText.Show(name), why, TentacleErrorKind.BadName);
        return false;
    }
}
