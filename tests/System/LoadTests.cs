using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.SystemTests;

/// <summary>Two processes, a server and a client, with much to do.</summary>
public sealed class LoadTests
{
    private const long MostGrowth = 64L * 1024 * 1024;
    private const long LargeFileBytes = 1L << 28;

    [Fact]
    public async Task A_thousand_small_files_and_one_of_256_MB_pass_byte_for_byte_in_little_memory()
    {
        using var folder = new TempFolder();
        var (source, buffer, incoming) = (folder.MakeFolder("source"), folder.MakeFolder("buffer"), folder.MakeFolder("incoming"));
        foreach (var file in AgentData.MakeMany(1000))
            await File.WriteAllBytesAsync(Path.Combine(source, file.Name), file.Content);
        var largeSum = WriteLarge(Path.Combine(source, "large.1760000999.data"));

        using var server = ShellProcess.Start("-Command", $"Start-TentacleServer '{buffer}' -Address 127.0.0.1 -Port 0 -MaxFileSize 2GB -Wait -Verbose");
        var port = await server.PortAsync();
        var idleServer = server.Memory();
        using var client = ShellProcess.Start("-Command", $$"""
            $s = New-TentacleSession 127.0.0.1 -Port {{port}}
            $null = Get-TentacleFile -Session $s
            'idle ' + [Environment]::WorkingSet
            Send-TentacleFile '{{source}}/*' -Session $s
            'listed ' + @(Get-TentacleFile -Session $s -Name '*.data').Count
            $r = Invoke-PandoraSync 127.0.0.1:{{port}} -Destination '{{incoming}}' -MaxFileSize 2GB
            'drained ' + $r.Files
            [IO.File]::ReadAllLines('/proc/self/status') | Where-Object { $_ -like 'VmHWM*' }
            """);
        var result = await client.EndAsync();
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("listed 1001", result.Output, StringComparison.Ordinal);
        Assert.Contains("drained 1001", result.Output, StringComparison.Ordinal);

        var idleClient = Number(result.Output, @"idle (\d+)");
        var peakClient = 1024 * Number(result.Output, @"VmHWM:\s+(\d+)");
        Assert.True(peakClient - idleClient <= MostGrowth, $"The client grew by {(peakClient - idleClient) >> 20} MB.");
        Assert.True(server.PeakMemory() - idleServer <= MostGrowth, $"The server grew by {(server.PeakMemory() - idleServer) >> 20} MB.");
        foreach (var file in AgentData.MakeMany(1000))
            Assert.Equal(file.Content, await File.ReadAllBytesAsync(Path.Combine(incoming, file.Name)));
        Assert.Equal(largeSum, Sum(Path.Combine(incoming, "large.1760000999.data")));
        Assert.Empty(Directory.GetFiles(buffer));
        server.Interrupt();
        await server.EndAsync();
    }

    [Fact]
    public async Task Ctrl_C_ends_a_long_drain_at_once_and_the_next_run_finishes_it()
    {
        const int count = 20_000;
        using var stock = new StockServer();
        var small = AgentData.Make(1, AgentData.LeastBytes).Content;
        for (var i = 0; i < count; i++)
            await File.WriteAllBytesAsync(Path.Combine(stock.Folder, string.Create(CultureInfo.InvariantCulture, $"agent{i}.{AgentData.FirstEpoch + i}.data")), small);
        using var folder = new TempFolder();
        var drain = $"Invoke-PandoraSync 127.0.0.1:{stock.Port} -Destination '{folder.Path}'";
        using (var first = ShellProcess.Start("-Command", drain))
        {
            await Eventually.BecomesTrue(() => folder.FileNames().Length > 100, "files arrive");
            first.Interrupt();
            var interrupted = await first.EndAsync();
            Assert.NotEqual(0, interrupted.ExitCode);
        }

        var before = folder.FileNames().Length;
        Assert.InRange(before, 100, count - 1);
        var second = await ShellProcess.CommandAsync(drain);
        Assert.True(second.ExitCode == 0, second.ToString());
        Assert.Equal(count, folder.FileNames().Length);
        Assert.Empty(stock.FileNames());
    }

    private static long Number(string text, string pattern) =>
        long.Parse(Regex.Match(text, pattern, RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value, CultureInfo.InvariantCulture);

    private static string WriteLarge(string path)
    {
        using var file = File.Create(path);
        for (var i = 0; i < LargeFileBytes >> 20; i++)
            file.Write(AgentData.Noise(i, 1 << 20));
        file.Close();
        return Sum(path);
    }

    private static string Sum(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexString(SHA256.HashData(file));
    }
}
