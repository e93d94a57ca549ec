using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PandoraSync.TestSupport;

namespace PandoraSync.Tests.Engine;

/// <summary>The host as a process of its own, with its input and output in the test's hands.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();
    private readonly Task reading;

    private HostProcess(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TERM"] = "xterm";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
            start.Environment[name] = value;
        process = Process.Start(start)!;
        reading = Task.WhenAll(ReadAsync(process.StandardOutput, output), ReadAsync(process.StandardError, errors));
    }

    public static HostProcess Start(params IEnumerable<string> arguments) => new(BuiltFiles.Host, arguments, environment: null);

    /// <summary>Starts it at a terminal.</summary>
    public static HostProcess StartAtTerminal(string arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var script = new RealProgram("script", "bsdutils");
        return new(script.Path ?? throw new InvalidOperationException(script.WhyMissing), ["-q", "-e", "-c", $"'{BuiltFiles.Host}' {arguments}", "/dev/null"], environment);
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<ProgramResult> RunAsync(IEnumerable<string> arguments, string input = "")
    {
        await using var host = Start(arguments);
        await host.process.StandardInput.WriteAsync(input);
        return await host.EndAsync();
    }

    public async Task TypeAsync(string text)
    {
        await process.StandardInput.WriteAsync(text);
        await process.StandardInput.FlushAsync();
    }

    /// <summary>Waits until it has written a text for so many times.</summary>
    public async Task WritesAsync(string text, int times = 1)
    {
        try
        {
            await Eventually.BecomesTrue(() => Text(output).Split(text).Length > times, $"the host writes '{text}'");
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message} It wrote:\n{Text(output)}\n{Text(errors)}", e);
        }
    }

    /// <summary>Sends a signal, as kill does: INT, TERM.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Ends its input and waits for its end.</summary>
    public async Task<ProgramResult> EndAsync()
    {
        process.StandardInput.Close();
        await Eventually.Ends(process.WaitForExitAsync(), "the host", TimeSpan.FromSeconds(60));
        await reading;
        return new ProgramResult(process.ExitCode, Text(output), Text(errors));
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static string Text(StringBuilder text)
    {
        lock (text)
            return text.ToString();
    }

    private static async Task ReadAsync(System.IO.StreamReader reader, StringBuilder text)
    {
        var buffer = new char[4096];
        int count;
        while ((count = await reader.ReadAsync(buffer, CancellationToken.None)) > 0)
        {
            lock (text)
                text.Append(buffer, 0, count);
        }
    }
}
