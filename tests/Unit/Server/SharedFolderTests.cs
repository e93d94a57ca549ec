using System;
using System.IO;
using System.Net;
using System.Threading.Tasks;
using PandoraSync.Files;
using PandoraSync.Protocol;
using PandoraSync.Server;
using PandoraSync.Server.Storage;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Fixtures;
using Xunit;

namespace PandoraSync.Tests.Server;

/// <summary>A storage directory has one server at a time, and whatever else uses the same folder is left alone.</summary>
public sealed class SharedFolderTests
{
    [Fact]
    public void A_second_server_on_one_storage_directory_is_refused_and_the_first_is_not_disturbed()
    {
        using var ours = new OurServer();
        using var sender = new PlainClient(ours.Port);
        Assert.Equal("SEND OK", sender.Ask("SEND <a.1.data> SIZE 6"));
        sender.Say("who");
        var error = Assert.Throws<TentacleException>(() => TentacleServer.Start(new TentacleServerOptions(ours.Buffer.Path) { Addresses = ["127.0.0.1"], Port = 0 }));
        Assert.Equal(TentacleErrorKind.Busy, error.Kind);
        Assert.Equal($"Another Tentacle server is using '{ours.Buffer.Path}': stop it, or give this one a directory of its own.", error.Message);
        sender.Say("le!");
        Assert.Equal("SEND OK", sender.ReadLine());
        Assert.Equal("whole!"u8.ToArray(), ours.Buffer.Read("a.1.data"));
    }

    [Fact]
    public async Task A_server_on_an_incoming_directory_does_not_let_a_second_drain_in()
    {
        using var target = new SyncTarget();
        await target.DrainAsync(1);
        var lockFile = Path.Combine(target.Incoming.Path, ".pandorasync", "lock");
        using var held = FolderLock.Take(lockFile, target.Incoming.Path);
        using var server = TentacleServer.Start(new TentacleServerOptions(target.Incoming.Path) { Addresses = ["127.0.0.1"], Port = 0 });
        var error = await Assert.ThrowsAsync<TentacleException>(() => target.DrainAsync(1));
        Assert.Equal(TentacleErrorKind.Busy, error.Kind);
    }

    [Fact]
    public async Task A_note_that_a_crashed_server_has_left_keeps_no_other_from_being_drained_into_its_storage_directory()
    {
        using var ours = new OurServer();
        ours.Buffer.Write("a.1.data", "x");
        using var target = new SyncTarget();
        await target.DrainAsync(1);
        StorageMark.Write(target.Incoming.Path, [new IPEndPoint(IPAddress.Loopback, ours.Port)]);
        using (FolderLock.Take(StorageMark.LockOf(target.Incoming.Path), target.Incoming.Path))
            Assert.Equal(TentacleErrorKind.Configuration, (await target.DrainAsync(new PandoraSync.Sync.SyncSite(ours.Client))).Error?.Kind);
        Assert.True((await target.DrainAsync(new PandoraSync.Sync.SyncSite(ours.Client))).Succeeded);
        Assert.Equal(["a.1.data"], target.Incoming.FileNames());
    }

    [Fact]
    public async Task A_file_does_not_replace_one_that_a_client_has_begun_to_move_meanwhile()
    {
        using var folder = new TempFolder();
        folder.Write("a.1.data", "old");
        using var storage = new BufferStorage(new TentacleServerOptions(folder.Path) { Overwrite = true }, (_, _) => { });
        using var file = storage.Create("a.1.data", 3, IPAddress.Loopback);
        file.Content.Write("new"u8.ToArray(), 0, 3);
        Assert.True(storage.TryClaim("a.1.data"));
        Assert.Equal("file is in use", await storage.StoreAsync(file));
        Assert.Equal("old"u8.ToArray(), folder.Read("a.1.data"));
    }
}
