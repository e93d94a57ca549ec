using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Files;
using PandoraSync.Protocol;
using PandoraSync.RemoteConfiguration.Ends;
using PandoraSync.RemoteConfiguration.Steps;
using PandoraSync.Sync;
using PandoraSync.Sync.Staging;

namespace PandoraSync.RemoteConfiguration;

/// <summary>The way back: carries agents' configurations, collections and commands between sites and the main server, several sites side by side.</summary>
internal static class RemoteConfigurationRunner
{
    /// <summary>Carries what differs. A site that fails does not keep the others.</summary>
    /// <param name="sites">The sites; one named twice is done once.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends the run at once; the next run finishes what was under way.</param>
    /// <returns>One result a site, in the order given.</returns>
    /// <exception cref="TentacleException">The folders are missing or cannot be written, or another run has them.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public static async Task<IReadOnlyList<ConfigurationResult>> RunAsync(IEnumerable<SyncSite> sites, RemoteConfigurationOptions options, CancellationToken cancellationToken)
    {
        using var main = MainSide.Open(options.IncomingDirectory);
        using var places = new SemaphoreSlim(options.ThrottleLimit);
        var distinct = SyncSite.Distinct(sites, options.Warn);
        var owners = OwnersOf(main, options);
        return await Task.WhenAll(distinct.Select(RunOneAsync)).ConfigureAwait(false);

        async Task<ConfigurationResult> RunOneAsync(SyncSite site)
        {
            await places.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                var result = await RunAsync(site, main, owners, options, cancellationToken).ConfigureAwait(false);
                options.Completed?.Invoke(result);
                return result;
            }
            finally
            {
                places.Release();
            }
        }
    }

    private static async Task<ConfigurationResult> RunAsync(SyncSite site, MainSide main, AgentOwners owners, RemoteConfigurationOptions options, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        using var connections = new SiteConnections(site.Client, options.Connections, text => options.Verbose?.Invoke(text));
        SiteContext? context = null;
        AgentStep? agents = null;
        TentacleException? error = null;
        try
        {
            using var agreements = Open(main.AgreementPath(site.FolderName), options);
            context = new SiteContext(connections, main, agreements, new SiteSpace(main.KeptFolder, site.Name, options.MinFreeBytes), owners, options);
            agents = new AgentStep(context, site.FolderName);
            await RunAsync(context, agents, cancellationToken).ConfigureAwait(false);
            agreements.Compact();
            await connections.QuitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (TentacleException e)
        {
            error = e;
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            error = LocalFileError.Explain(e, (e as FileNotFoundException)?.FileName ?? main.Path, "configuration", site.Name);
        }

        connections.Dispose();
        return new ConfigurationResult
        {
            Site = site.Name,
            Unchanged = agents?.Unchanged ?? 0,
            Copied = context?.Copied ?? 0,
            Reported = context?.Reported ?? 0,
            Elapsed = clock.Elapsed,
            BytesSent = connections.BytesSent,
            BytesReceived = connections.BytesReceived,
            Error = error,
        };
    }

    /// <summary>Configurations first: they say which collections and commands the site's agents use.</summary>
    private static async Task RunAsync(SiteContext context, AgentStep agents, CancellationToken cancellationToken)
    {
        var listing = await context.Connections.UseAsync(client => SiteListing.ReadAsync(client, cancellationToken), cancellationToken).ConfigureAwait(false);
        await agents.RunAsync(listing, cancellationToken).ConfigureAwait(false);
        if (!context.Options.IsDown)
            return;
        await new CollectionStep(context).RunAsync(listing, cancellationToken).ConfigureAwait(false);
        await new CommandStep(context).RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private static AgentOwners OwnersOf(MainSide main, RemoteConfigurationOptions options)
    {
        var owners = new AgentOwners();
        foreach (var site in main.KnownSites().OrderBy(s => s, StringComparer.Ordinal))
        {
            using var agreements = Open(main.AgreementPath(site), options);
            owners.Add(site, agreements);
        }

        return owners;
    }

    private static AgreementFile Open(string path, RemoteConfigurationOptions options)
    {
        try
        {
            var file = AgreementFile.Open(path);
            if (file.Torn > 0)
                options.Verbose?.Invoke($"{file.Torn} lines of '{path}' were torn by a crash or changed by somebody, and are passed over.");
            return file;
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            throw LocalFileError.Explain(e, path, "read");
        }
    }
}
