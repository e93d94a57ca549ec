using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.Tests.Engine.Host;

/// <summary>The host in a terminal, made by Debian's script(1).</summary>
internal sealed class Terminal : IDisposable
{
    private static readonly RealProgram Script = new("script", "util-linux");
    private static readonly RealProgram Stty = new("stty", "coreutils");
    private readonly TempFolder _folder = new();
    private readonly StringBuilder _screen = new();
    private readonly Process _process;
    private readonly Task _reading;

    private Terminal(string[] arguments, string noColour)
    {
        // With "exec" no shell stays that Ctrl+C would end beside the host.
        var command = "exec " + string.Join(' ', arguments.Prepend(Repository.Host).Select(a => $"'{a.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
        var start = new ProcessStartInfo(Script.Path!, ["-qec", command, _folder["typescript"]])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["TERM"] = "xterm";
        start.Environment["SHELL"] = "/bin/sh";
        start.Environment["NO_COLOR"] = noColour;
        _process = Process.Start(start)!;
        _reading = Task.Run(Read);
    }

    /// <summary>All that was shown so far.</summary>
    public string Screen
    {
        get
        {
            lock (_screen)
                return _screen.ToString();
        }
    }

    public static Terminal Start(params string[] arguments) => StartWith(noColour: string.Empty, arguments);

    /// <summary>Starts it with NO_COLOR as given.</summary>
    public static Terminal StartWith(string noColour, params string[] arguments)
    {
        Assert.SkipWhen(Script.WhyMissing is not null, Script.WhyMissing ?? string.Empty);
        return new Terminal(arguments, noColour);
    }

    /// <summary>Waits until a text was shown for so many times.</summary>
    public async Task Shows(string text, int times = 1)
    {
        try
        {
            await Eventually.BecomesTrue(() => Screen.Split(text).Length > times, $"the terminal shows '{text}'");
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message} It showed:\n{Screen}", e);
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> EndAsync()
    {
        await Eventually.Ends(_process.WaitForExitAsync(), "the host at a terminal", TimeSpan.FromSeconds(60));
        await _reading;
        return _process.ExitCode;
    }

    /// <summary>Whether what is typed is shown. The host must have printed "pid N".</summary>
    public bool Echoes()
    {
        var pid = Regex.Match(Screen, @"pid (?<pid>\d+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["pid"].Value;
        var device = new FileInfo($"/proc/{pid}/fd/0").LinkTarget!;
        return !Stty.RunAsync(["-a", "-F", device]).GetAwaiter().GetResult().Output.Contains(" -echo ", StringComparison.Ordinal);
    }

    public void Type(string text)
    {
        _process.StandardInput.Write(text);
        _process.StandardInput.Flush();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _reading.Wait(TimeSpan.FromSeconds(10));
        _process.Dispose();
        _folder.Dispose();
    }

    private void Read()
    {
        var buffer = new char[1024];
        for (int count; (count = _process.StandardOutput.Read(buffer, 0, buffer.Length)) > 0;)
        {
            lock (_screen)
                _screen.Append(buffer, 0, count);
        }
    }
}
