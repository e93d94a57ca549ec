using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.SystemTests;

/// <summary>PowerShell in a terminal as a person has it, made by Debian's tmux.</summary>
internal sealed class Terminal : IDisposable
{
    private static readonly RealProgram Tmux = new("tmux", "tmux");
    private readonly TempFolder _folder = new();

    private Terminal()
    {
    }

    /// <summary>What is on the screen now, a line for each of its lines.</summary>
    public string Screen => Run("capture-pane", "-p");

    public static Terminal Start(int columns, int lines)
    {
        Assert.SkipWhen(Tmux.WhyMissing is not null, Tmux.WhyMissing ?? string.Empty);
        var terminal = new Terminal();
        var size = (columns.ToString(System.Globalization.CultureInfo.InvariantCulture), lines.ToString(System.Globalization.CultureInfo.InvariantCulture));
        string[] surroundings = [.. Shell.Environment.Append(new("HOME", terminal._folder.Path)).SelectMany(v => new[] { "-e", $"{v.Key}={v.Value}" })];
        terminal.Run(["new-session", "-d", "-x", size.Item1, "-y", size.Item2, .. surroundings, Shell.Program, .. Shell.FirstArguments, "-NoLogo"]);
        return terminal;
    }

    /// <summary>Waits until the screen is as asked.</summary>
    public async Task Shows(Func<string, bool> condition, string what)
    {
        var last = string.Empty;
        try
        {
            await Eventually.BecomesTrue(() => condition(last = Screen), what, TimeSpan.FromMinutes(3));
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message} The screen was:\n{last}", e);
        }
    }

    /// <summary>Waits until the screen has a text.</summary>
    public Task Shows(string text) => Shows(screen => screen.Contains(text, StringComparison.Ordinal), $"the terminal shows '{text}'");

    /// <summary>Types a text as it is.</summary>
    public void Type(string text) => Run("send-keys", "-l", text);

    /// <summary>Presses a key, named as for tmux: Enter, Tab, C-c.</summary>
    public void Press(string key) => Run("send-keys", key);

    /// <summary>Waits until the shell has ended, and with it the terminal.</summary>
    public Task EndsAsync() => Eventually.BecomesTrue(() => TryRun("has-session").ExitCode != 0, "the shell ends", TimeSpan.FromSeconds(60));

    public void Dispose()
    {
        TryRun("kill-server");
        _folder.Dispose();
    }

    private string Run(params string[] arguments)
    {
        var result = TryRun(arguments);
        return result.ExitCode == 0 ? result.Output : throw new InvalidOperationException($"tmux {string.Join(' ', arguments)}: {result}");
    }

    private ProgramResult TryRun(params string[] arguments)
    {
        var start = new ProcessStartInfo(Tmux.Path!, ["-u", "-S", _folder["tmux"], "-f", "/dev/null", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TERM"] = "xterm-256color";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ProgramResult(process.ExitCode, output, errors.GetAwaiter().GetResult());
    }
}
