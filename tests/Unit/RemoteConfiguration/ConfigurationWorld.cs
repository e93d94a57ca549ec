using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.RemoteConfiguration;
using PandoraSync.Server;
using PandoraSync.Server.Storage;
using PandoraSync.Sync;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;
using Xunit;

namespace PandoraSync.Tests.RemoteConfiguration;

/// <summary>The kinds of server that a site may have.</summary>
public enum SiteKind
{
    Ours,
    Stock,
    StockTls,
}

/// <summary>A main side with its folders and a site with a server, on loopback.</summary>
internal sealed class ConfigurationWorld : IDisposable
{
    public const string Filters = @".*\.conf:conf;.*\.md5:md5;.*\.zip:collections;.*\.rcmd:commands";
    private readonly TentacleServer? _ours;
    private readonly StockServer? _stock;
    private readonly TlsClientOptions? _tls;
    private readonly bool _ownsMain;

    public ConfigurationWorld(SiteKind kind, bool overwrite = true, bool listing = true, long maxFileBytes = 2_000_000, TempFolder? main = null, Action<StockMoment>? onStep = null, string filters = Filters)
    {
        Main = main ?? new TempFolder();
        _ownsMain = main is null;
        foreach (var folder in new[] { "conf", "md5", "collections", "commands" })
        {
            Main.MakeFolder(folder);
            if (filters.Length > 0)
                Site.MakeFolder(folder);
        }

        if (kind == SiteKind.Ours)
        {
            _ours = TentacleServer.Start(new TentacleServerOptions(Site.Path) { Addresses = ["127.0.0.1"], Port = 0, AllowListing = listing, Overwrite = overwrite, MaxFileBytes = maxFileBytes, MaxConnections = 100, Filters = FolderFilters.Parse(filters) });
            return;
        }

        var options = new StockServerOptions { Folder = Site.Path, Overwrite = overwrite, Insecure = listing, MaxFileBytes = maxFileBytes, Filters = filters, MaxConnections = 100 };
        if (kind == SiteKind.StockTls)
        {
            options = options with { Certificate = TestCertificates.Site.Certificate };
            _tls = TestCertificates.Client;
        }

        _stock = new StockServer(options, onStep);
    }

    public TempFolder Main { get; }

    public TempFolder Site { get; } = new();

    public int Port => _ours?.Endpoints[0].Port ?? _stock!.Port;

    public string SiteName => $"127.0.0.1:{Port}";

    /// <summary>Connections that the site's server has now.</summary>
    public int ConnectionsNow => _ours?.Counters.Connections ?? _stock!.ConnectionsNow;

    public IReadOnlyList<string> StockCommands => _stock!.Commands;

    public ConcurrentQueue<ConfigurationChange> Changes { get; } = new();

    public ConcurrentQueue<string> Story { get; } = new();

    public string[] Kept => Directory.Exists(Main[".pandorasync/configuration/kept"]) ? Directory.GetFiles(Main[".pandorasync/configuration/kept"]) : [];

    public string StatePath => Directory.GetFiles(Main[".pandorasync/configuration"], "*.agreed").Single();

    public SyncSite SyncSite => new(Client);

    public TentacleClientOptions Client => new(new TentacleEndpoint("127.0.0.1", Port)) { Timeout = TimeSpan.FromSeconds(10), RetryCount = 2, Tls = _tls };

    /// <summary>What an agent's files are called.</summary>
    public static string FileOf(string agent) => DigestOf(agent);

    public static string DigestOf(string text) => DigestOf(Encoding.UTF8.GetBytes(text));

    public static string DigestOf(byte[] content) => Convert.ToHexStringLower(MD5.HashData(content));

    public static string Text(string agent, string more = "") => $"server_ip 10.0.0.1\nagent_name {agent}\ninterval 300\n{more}\n";

    /// <summary>Saves a configuration as an agent or the console does: the content, then its digest.</summary>
    public static void Save(TempFolder side, string agent, string text)
    {
        side.Write($"conf/{FileOf(agent)}.conf", text);
        side.Write($"md5/{FileOf(agent)}.md5", DigestOf(text));
    }

    public static void Delete(TempFolder side, string agent)
    {
        File.Delete(side[$"md5/{FileOf(agent)}.md5"]);
        File.Delete(side[$"conf/{FileOf(agent)}.conf"]);
    }

    public static string? Read(TempFolder side, string agent) => side.Has($"conf/{FileOf(agent)}.conf") ? Encoding.UTF8.GetString(side.Read($"conf/{FileOf(agent)}.conf")) : null;

    public static string? DigestAt(TempFolder side, string agent) => side.Has($"md5/{FileOf(agent)}.md5") ? Encoding.UTF8.GetString(side.Read($"md5/{FileOf(agent)}.md5")) : null;

    public static void SaveCollection(TempFolder side, string name, byte[] content)
    {
        side.Write($"collections/{name}.zip", content);
        side.Write($"md5/{name}.md5", DigestOf(content));
    }

    public RemoteConfigurationOptions Options => new(Main.Path) { Changed = Changes.Enqueue, Verbose = Story.Enqueue, Connections = 4 };

    /// <summary>Runs once; what an earlier run said is forgotten.</summary>
    public async Task<ConfigurationResult> TryRunAsync(Func<RemoteConfigurationOptions, RemoteConfigurationOptions>? change = null, TentacleClientOptions? client = null)
    {
        Changes.Clear();
        var options = change is null ? Options : change(Options);
        return (await Eventually.Ends(RemoteConfigurationRunner.RunAsync([client is null ? SyncSite : new SyncSite(client)], options, CancellationToken.None), "the run", TimeSpan.FromSeconds(60))).Single();
    }

    public async Task<ConfigurationChange[]> RunAsync(Func<RemoteConfigurationOptions, RemoteConfigurationOptions>? change = null)
    {
        var result = await TryRunAsync(change);
        Assert.True(result.Error is null, result.Error?.ToString());
        return [.. Changes];
    }

    /// <summary>Asserts that both sides have this, and the digest of it.</summary>
    public void BothHave(string agent, string text)
    {
        foreach (var side in new[] { Main, Site })
        {
            Assert.Equal(text, Read(side, agent));
            Assert.Equal(DigestOf(text), DigestAt(side, agent));
        }
    }

    public void Dispose()
    {
        _ours?.Dispose();
        _stock?.Dispose();
        Site.Dispose();
        if (_ownsMain)
            Main.Dispose();
    }
}
