using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.SystemTests;

/// <summary>
/// What somebody sees who drains many files of two sites at a terminal: soon after Enter, in the middle, near the end, after Ctrl+C, and of the run after it. The screens are
/// left in artifacts/screens; docs/screens.md has those of one run with PANDORASYNC_SCREEN_FILES=60000.
/// </summary>
public sealed class ScreenTests
{
    private static readonly int FilesPerSite = int.Parse(Environment.GetEnvironmentVariable("PANDORASYNC_SCREEN_FILES") ?? "16000", CultureInfo.InvariantCulture) / 2;
    private static readonly string OfAll = $"(?<done>\\d+) of {2 * FilesPerSite} files";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public async Task A_long_drain_shows_sites_files_bytes_rate_and_time_left_from_its_first_moments(int columns)
    {
        using var one = new StockServer();
        using var two = new StockServer();
        Fill(one, "north");
        Fill(two, "south");
        using var folder = new TempFolder();
        using var terminal = Terminal.Start(columns, lines: 20);
        var record = new StringBuilder();
        await terminal.Shows("PS ");
        terminal.Type($"cd {folder.Path}; function prompt {{ 'PS> ' }}; mkdir in | Out-Null; cls");
        terminal.Press("Enter");
        await terminal.Shows(screen => screen.StartsWith("PS>", StringComparison.Ordinal), "the new prompt");
        var command = $"Invoke-PandoraSync 127.0.0.1:{one.Port}, 127.0.0.1:{two.Port} in";

        terminal.Type(command);
        terminal.Press("Enter");
        await Shows("soon after Enter", @"Draining 2 sites *\[");
        await Shows("in the middle", $@"Draining 2 sites *\[0 done; {OfAll}, [\d.]+ .?B, [\d.]+ .?B/s.* (\d+s|\d\d:\d\d:\d\d)", FilesPerSite / 4);
        Assert.Equal(2, Regex.Count(terminal.Screen, $@"127\.0\.0\.1:\d+ *\[\d+ of {FilesPerSite} files", RegexOptions.None, Patience));
        await Shows("later", $@"Draining 2 sites *\[0 done; {OfAll}", FilesPerSite * 3 / 4);
        terminal.Press("C-c");
        await Shows("after Ctrl+C", @"(?m)^PS>$");
        await terminal.Shows(screen => screen.TrimEnd().EndsWith("PS>", StringComparison.Ordinal), "the prompt is back");
        Assert.DoesNotContain($"of {2 * FilesPerSite}", terminal.Screen, StringComparison.Ordinal);

        terminal.Type("cls");
        terminal.Press("Enter");
        await terminal.Shows(screen => screen.StartsWith("PS>", StringComparison.Ordinal) && !screen.Contains("Stopped", StringComparison.Ordinal), "the screen is empty");
        terminal.Type(command);
        terminal.Press("Enter");
        await Shows("the run after it", @"Draining 2 sites *\[\d done; [1-9]\d+ of [1-9]\d+ files, .*\n.*\[[1-9].*\n.*\[[1-9]");
        await Shows("its end", @"(?m)^OK +\d+ .* 127\.0\.0\.1:\d+ *\n+OK +\d+ .* 127\.0\.0\.1:\d+");
        await terminal.Shows(screen => screen.TrimEnd().EndsWith("PS>", StringComparison.Ordinal), "the prompt is back");
        var place = Path.Combine(Repository.Root, "artifacts", "screens");
        Directory.CreateDirectory(place);
        await File.WriteAllTextAsync(Path.Combine(place, string.Create(CultureInfo.InvariantCulture, $"drain.{columns}.txt")), record.ToString(), TestContext.Current.CancellationToken);
        Assert.Equal(2 * FilesPerSite, Directory.GetFiles(folder["in"]).Length);

        async Task Shows(string moment, string pattern, int atLeast = 0)
        {
            var seen = string.Empty;
            await terminal.Shows(screen => Regex.Match(seen = screen, pattern, RegexOptions.None, Patience) is { Success: true } shown && (atLeast == 0 || int.Parse(shown.Groups["done"].Value, CultureInfo.InvariantCulture) >= atLeast), moment);
            Assert.All(seen.Split('\n'), line => Assert.True(line.Length <= columns, line));
            record.Append(CultureInfo.InvariantCulture, $"### {moment}\n\n```\n{seen.Trim('\n')}\n```\n\n");
        }
    }

    /// <summary>Files of many agents, all different.</summary>
    private static void Fill(StockServer site, string name)
    {
        var small = AgentData.Make(1, AgentData.LeastBytes).Content;
        foreach (var i in Enumerable.Range(0, FilesPerSite))
            File.WriteAllBytes(Path.Combine(site.Folder, string.Create(CultureInfo.InvariantCulture, $"{name}{i}.{AgentData.FirstEpoch + i}.data")), small);
    }
}
