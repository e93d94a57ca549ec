using System.Collections.Generic;
using System.IO;
using System.Threading.Tasks;
using PandoraSync.Sync.Drain;
using PandoraSync.Sync.Staging;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Sync;

public sealed class DeliveryQueueTests
{
    [Fact]
    public async Task What_has_its_place_counts_although_the_next_file_cannot_be_delivered()
    {
        using var target = new SyncTarget();
        using var folder = new TempFolder();
        using var incoming = IncomingDirectory.Open(target.Incoming.Path);
        var arrived = new List<string>();
        var (site, options) = (SyncTarget.Site(1), target.Options() with { Received = file => arrived.Add(file.Name) });
        using var staging = new StagingFolder(incoming, site, 0);
        var deliveries = new DeliveryQueue(new DrainContext(site, options, incoming, staging, new DrainQueue([], new NameTable(), _ => true), new DrainProgress(site.Name, options), new AskingManner(mayAskAhead: true, _ => { })));
        deliveries.Add(new StagedFile("a.1.data", folder.Write("a.1.data", "content"), 7));
        deliveries.Add(new StagedFile("b.2.data", folder["b.2.data"], 7));
        await Assert.ThrowsAnyAsync<IOException>(deliveries.CompleteAsync);
        Assert.Equal(["a.1.data"], arrived);
        Assert.Equal(1, deliveries.Count);
        Assert.Equal("b.2.data", Assert.Single(deliveries.Waiting).Name);
        Assert.Equal(["a.1.data"], target.Incoming.FileNames());
    }
}
