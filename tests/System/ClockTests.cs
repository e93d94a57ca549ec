using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.SystemTests;

/// <summary>A server and a client whose machine's clock is set anew, by Debian's libfaketime.</summary>
public sealed class ClockTests
{
    private static readonly string[] Places = ["/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime"];

    [Theory]
    [InlineData("+3650d")]
    [InlineData("-3650d")]
    public async Task A_clock_that_jumps_ends_no_wait_and_makes_no_file_old(string jump)
    {
        var library = Places.Select(p => Path.Combine(p, "libfaketimeMT.so.1")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(library is null, "libfaketime is not installed: run 'apt-get install faketime'.");
        using var folder = new TempFolder();
        var clock = folder.Write("clock", "+0d");
        var (buffer, incoming) = (folder.MakeFolder("buffer"), folder.MakeFolder("incoming"));
        foreach (var name in new[] { "a.1.data", "a.2.data" })
            folder.Write(name, name);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["LD_PRELOAD"] = library!,
            ["FAKETIME_TIMESTAMP_FILE"] = clock,
            ["FAKETIME_NO_CACHE"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        };
        using var shell = ShellProcess.StartWith(environment, "-Command", $$"""
            $s = Start-TentacleServer '{{buffer}}' -Address 127.0.0.1 -Port 0 -MaxBufferAge 1.00:00:00 -DropOldest
            $c = New-TentacleSession 127.0.0.1 -Port $s.Port
            Send-TentacleFile '{{folder["a.1.data"]}}' -Session $c
            [IO.File]::WriteAllText('{{clock}}', '{{jump}}')
            "the year is now $([DateTime]::UtcNow.Year)"
            Send-TentacleFile '{{folder["a.2.data"]}}' -Session $c
            Get-TentacleFile -Session $c | ForEach-Object { "listed $($_.Name)" }
            $r = Invoke-PandoraSync "127.0.0.1:$($s.Port)" -Destination '{{incoming}}'
            "drained $($r.Files) with $($r.Left.Count) left"
            Stop-TentacleServer $s
            """);
        var result = await shell.EndAsync();
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("the year is now", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(string.Create(CultureInfo.InvariantCulture, $"the year is now {DateTime.UtcNow.Year}"), result.Output, StringComparison.Ordinal);
        Assert.Contains("listed a.1.data", result.Output, StringComparison.Ordinal);
        Assert.Contains("drained 2 with 0 left", result.Output, StringComparison.Ordinal);
        Assert.Equal(["a.1.data", "a.2.data"], Directory.GetFiles(incoming).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal));
    }
}
