using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.SystemTests;

/// <summary>What is promised is on disk before it is promised, in the order of the system calls: a power failure cannot be had here.</summary>
public sealed class LastingTests
{
    private static readonly AgentData File1 = AgentData.Make(1);

    private const string FlushOfOne = @"^fsync\(\d+<{incoming}/\.pandorasync/[^/]+/part/";
    private const string FlushOfMany = @"^syncfs\(\d+<{incoming}/\.pandorasync/[^/]+>";

    [Fact]
    public async Task A_server_says_OK_only_when_file_and_folder_are_on_disk()
    {
        using var folder = new TempFolder();
        var (buffer, file) = (folder.MakeFolder("buffer"), folder.Write(File1.Name, File1.Content));
        var trace = await SystemCallTrace.OfAsync($"$s = Start-TentacleServer '{buffer}' -Address 127.0.0.1 -Port 0; Send-TentacleFile 127.0.0.1 '{file}' -Port $s.Port; Stop-TentacleServer $s", folder["trace"]);
        Assert.Equal(File1.Content, await File.ReadAllBytesAsync(Path.Combine(buffer, File1.Name), TestContext.Current.CancellationToken));
        Assert.Equal(2, trace.Count("\"SEND OK"));
        trace.HasAllBefore($@"^pwrite64\(\d+<{buffer}/\.pandorasync/server/part/", $@"^fsync\(\d+<{buffer}/\.pandorasync/server/part/");
        trace.HasInOrder(
            "\"SEND OK",
            $@"^fsync\(\d+<{buffer}/\.pandorasync/server/part/\w+/\w+>.*= 0$",
            $@"^renameat2\(.*{buffer}/\.pandorasync/server/part/\w+/\w+.*{buffer}/{File1.Name}.*= 0$",
            $@"^fsync\(\d+<{buffer}>.*= 0$",
            "\"SEND OK");
    }

    [Theory]
    [InlineData(1, FlushOfOne)]
    [InlineData(12, FlushOfMany)]
    public async Task A_drain_has_a_file_deleted_only_when_its_copy_is_on_disk(int files, string flush)
    {
        using var folder = new TempFolder();
        var (buffer, incoming) = (folder.MakeFolder("buffer"), folder.MakeFolder("incoming"));
        foreach (var file in AgentData.MakeMany(files))
            await File.WriteAllBytesAsync(Path.Combine(buffer, file.Name), file.Content, TestContext.Current.CancellationToken);
        var trace = await SystemCallTrace.OfAsync($"$s = Start-TentacleServer '{buffer}' -Address 127.0.0.1 -Port 0; $null = Invoke-PandoraSync \"127.0.0.1:$($s.Port)\" -Destination '{incoming}' -Connections 1; Stop-TentacleServer $s", folder["trace"]);
        Assert.Equal(files, Directory.GetFiles(incoming).Length);
        var name = AgentData.Make(0).Name;
        HasInOrder(trace, incoming, flush, name, $"\"RECV <{name}>", $"\"DEL <{name}> SHA256", "\"DEL OK");
    }

    [Theory]
    [InlineData(1, FlushOfOne)]
    [InlineData(12, FlushOfMany)]
    public async Task A_drain_of_a_stock_server_has_a_file_moved_only_when_its_copy_is_on_disk(int files, string flush)
    {
        using var folder = new TempFolder();
        var incoming = folder.MakeFolder("incoming");
        using var stock = new StockServer();
        foreach (var file in AgentData.MakeMany(files))
            stock.Put(file);
        var trace = await SystemCallTrace.OfAsync($"$null = Invoke-PandoraSync 127.0.0.1:{stock.Port} -Destination '{incoming}' -Connections 1", folder["trace"]);
        Assert.Equal(files, Directory.GetFiles(incoming).Length);
        var name = AgentData.Make(files - 1).Name;
        HasInOrder(trace, incoming, flush, name, $"\"RECV <{name}>", $"\"MV <{name}>", "\"MV OK");
    }

    private static void HasInOrder(SystemCallTrace trace, string incoming, string flush, string name, string request, string deletion, string deleted)
    {
        flush = flush.Replace("{incoming}", incoming, StringComparison.Ordinal) + ".*= 0$";
        trace.HasAllBefore($@"^pwrite64\(\d+<{incoming}/\.pandorasync/[^/]+/part/", flush);
        trace.HasInOrder(
            request,
            flush,
            $@"^renameat2\(.*/part/\w+/\w+.*/whole/{name}.*= 0$",
            $@"^fsync\(\d+<{incoming}/\.pandorasync/[^/]+/whole>.*= 0$",
            deletion,
            deleted,
            $@"^renameat2\(.*/whole/{name}.*{incoming}/{name}.*= 0$",
            $@"^fsync\(\d+<{incoming}>.*= 0$");
    }
}
