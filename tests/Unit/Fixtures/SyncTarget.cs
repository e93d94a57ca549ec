using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.Protocol;
using PandoraSync.Sync;
using PandoraSync.Sync.Staging;
using PandoraSync.TestSupport;
using PandoraSync.Transport;
using Xunit;

namespace PandoraSync.Tests.Fixtures;

/// <summary>An incoming directory, and drains into it.</summary>
internal sealed class SyncTarget : IDisposable
{
    public TempFolder Incoming { get; } = new();

    public List<string> Story { get; } = [];

    public static SyncSite Site(int port, TimeSpan? timeout = null, int retries = 3) =>
        new(new TentacleClientOptions(new TentacleEndpoint("127.0.0.1", port)) { Timeout = timeout ?? TimeSpan.FromSeconds(10), RetryCount = retries });

    public async Task<SiteResult> DrainAsync(int port, bool keepsFiles = false, int connections = 4) =>
        await DrainAsync(Site(port), keepsFiles, connections);

    public async Task<SiteResult> DrainAsync(SyncSite site, bool keepsFiles = false, int connections = 4, CancellationToken cancellationToken = default) =>
        (await Eventually.Ends(SyncRunner.DrainAsync([site], Options(keepsFiles, connections), completed: null, cancellationToken), "the drain", TimeSpan.FromSeconds(60))).Single();

    public SyncOptions Options(bool keepsFiles = false, int connections = 4) => new(Incoming.Path)
    {
        KeepsFiles = keepsFiles,
        Connections = connections,
        Verbose = text =>
        {
            lock (Story)
                Story.Add(text);
        },
    };

    /// <summary>Asserts that the incoming directory has these files, byte for byte, and nothing else, and that no part is left behind.</summary>
    public void HasExactly(IEnumerable<AgentData> files)
    {
        var expected = files.ToArray();
        Assert.Equal(expected.Select(f => f.Name).Order(StringComparer.Ordinal), Incoming.FileNames());
        foreach (var file in expected)
            Assert.Equal(file.Content, Incoming.Read(file.Name));
        Assert.Empty(Leftovers());
    }

    /// <summary>Files in our own folder, the lock aside.</summary>
    public string[] Leftovers() =>
        [.. Directory.EnumerateFiles(Incoming[".pandorasync"], "*", SearchOption.AllDirectories).Where(p => !p.EndsWith("lock", StringComparison.Ordinal))];

    public void Dispose() => Incoming.Dispose();
}
