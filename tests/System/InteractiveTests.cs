using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.SystemTests;

/// <summary>A person at a terminal.</summary>
public sealed class InteractiveTests
{
    [Fact]
    public async Task A_session_at_a_terminal_completes_confirms_shows_progress_and_stops_at_Ctrl_C()
    {
        using var stock = new StockServer();
        const int count = 5_000;
        var small = AgentData.Make(1, AgentData.LeastBytes).Content;
        for (var i = 0; i < count; i++)
            await File.WriteAllBytesAsync(Path.Combine(stock.Folder, string.Create(CultureInfo.InvariantCulture, $"agent{i}.{AgentData.FirstEpoch + i}.data")), small, TestContext.Current.CancellationToken);
        using var folder = new TempFolder();
        using var terminal = Terminal.Start(columns: 120, lines: 40);
        await terminal.Shows("PS ");

        // A cmdlet of a module that nobody has imported yet, then a parameter, then a value that only the module knows.
        terminal.Type("New-TentacleSes");
        terminal.Press("Tab");
        await terminal.Shows("New-TentacleSession");
        terminal.Type($" 127.0.0.1:{stock.Port} -Name north");
        await Enter(terminal, "north");
        terminal.Type("Remove-TentacleFile -Ses");
        terminal.Press("Tab");
        await terminal.Shows("Remove-TentacleFile -Session");
        terminal.Type(" nor");
        terminal.Press("Tab");
        await terminal.Shows("Remove-TentacleFile -Session north");
        terminal.Type($" -Name agent0.{AgentData.FirstEpoch}.data -Confirm");
        terminal.Press("Enter");
        await terminal.Shows("[N] No");
        terminal.Type("n");
        await Enter(terminal, "PS ");
        Assert.Equal(count, stock.FileNames().Length);

        terminal.Type($"Invoke-PandoraSync 127.0.0.1:{stock.Port} -Destination {folder.Path} -Connections 1");
        terminal.Press("Enter");
        await terminal.Shows(screen => Regex.IsMatch(screen, @"Draining .*\[[2-4]\d{3} of 5000 files", RegexOptions.None, TimeSpan.FromSeconds(1)), "progress is shown");
        terminal.Press("C-c");
        await terminal.Shows(screen => LastLine(screen).StartsWith("PS ", StringComparison.Ordinal), "the prompt is back");
        Assert.DoesNotContain("Draining", terminal.Screen, StringComparison.Ordinal);
        Assert.InRange(folder.FileNames().Length, 1, count - 1);
        terminal.Type("exit");
        terminal.Press("Enter");
        await terminal.EndsAsync();
    }

    /// <summary>Presses Enter and waits for a text and the next prompt after it.</summary>
    private static async Task Enter(Terminal terminal, string text)
    {
        var prompts = Prompts(terminal.Screen);
        terminal.Press("Enter");
        await terminal.Shows(text);
        await terminal.Shows(screen => Prompts(screen) > prompts, "the next prompt");
    }

    private static int Prompts(string screen) => screen.Split('\n').Count(line => line.StartsWith("PS ", StringComparison.Ordinal));

    private static string LastLine(string screen) => screen.TrimEnd().Split('\n')[^1];
}
