using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using PandoraSync.TestSupport;

namespace PandoraSync.SystemTests;

/// <summary>PowerShell as a process of its own, with the module where it finds it by its name.</summary>
internal sealed class ShellProcess : IDisposable
{
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly Process _process;

    private ShellProcess(IEnumerable<string> arguments, string? input, IReadOnlyDictionary<string, string>? environment = null, string? program = null)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(program ?? Shell.Program, program is null ? [.. Shell.FirstArguments, .. arguments] : arguments)
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        foreach (var (name, value) in Shell.Environment.Concat(environment ?? new Dictionary<string, string>(StringComparer.Ordinal)))
            _process.StartInfo.Environment[name] = value;
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        if (input is not null)
            _process.StandardInput.Write(input);
        _process.StandardInput.Close();
    }

    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    public string Errors
    {
        get
        {
            lock (_errors)
                return _errors.ToString();
        }
    }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>Waits until a server in it listens.</summary>
    /// <returns>Its port on 127.0.0.1.</returns>
    public async Task<int> PortAsync()
    {
        const string pattern = @"Listening on 127\.0\.0\.1:(?<port>\d+)";
        await Eventually.BecomesTrue(() => Find().Success, "the server listens", TimeSpan.FromSeconds(60));
        return int.Parse(Find().Groups["port"].Value, CultureInfo.InvariantCulture);
        Match Find() => Regex.Match(Output + Errors, pattern, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
    }

    /// <summary>Descriptors that it has open, but for the assemblies, of which it loads more as it goes.</summary>
    public int OpenFiles() => new DirectoryInfo($"/proc/{Id.ToString(CultureInfo.InvariantCulture)}/fd").GetFiles().Count(fd => fd.LinkTarget?.EndsWith(".dll", StringComparison.Ordinal) != true);

    public static ShellProcess Start(params string[] arguments) => new(arguments, input: null);

    /// <summary>Starts it by another program, which changes something for it.</summary>
    public static ShellProcess StartUnder(string[] program, params string[] arguments) => new([.. program.Skip(1), Shell.Program, .. Shell.FirstArguments, .. arguments], input: null, program: program[0]);

    /// <summary>Starts it by a whole line, as a service manager does.</summary>
    public static ShellProcess StartLine(string[] words) => new(words.Skip(1), input: null, program: words[0]);

    /// <summary>Starts it with variables set.</summary>
    public static ShellProcess StartWith(IReadOnlyDictionary<string, string> environment, params string[] arguments) => new(arguments, input: null, environment);

    /// <summary>Runs it to its end.</summary>
    public static async Task<ProgramResult> RunAsync(IEnumerable<string> arguments, string? input = null)
    {
        using var shell = new ShellProcess(arguments, input);
        return await shell.EndAsync();
    }

    public static Task<ProgramResult> CommandAsync(string command) => RunAsync(["-Command", command]);

    /// <summary>Ends it without a warning, and waits for its end.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>What Ctrl+C does.</summary>
    public void Interrupt() => Signal("INT");

    /// <summary>Sends a signal, named as for kill.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Most memory that it has had resident so far, in bytes.</summary>
    public long PeakMemory() => ReadStatus("VmHWM:");

    /// <summary>Memory that it has resident now, in bytes.</summary>
    public long Memory() => ReadStatus("VmRSS:");

    public async Task<ProgramResult> EndAsync(TimeSpan? limit = null)
    {
        await Eventually.Ends(_process.WaitForExitAsync(), "the shell's run", limit ?? TimeSpan.FromSeconds(180));

        // The overload without a limit waits for the last lines too.
        await _process.WaitForExitAsync();
        return new ProgramResult(_process.ExitCode, Output, Errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private long ReadStatus(string name)
    {
        var line = File.ReadLines($"/proc/{Id.ToString(CultureInfo.InvariantCulture)}/status").First(l => l.StartsWith(name, StringComparison.Ordinal));
        return 1024 * long.Parse(line[name.Length..].Replace("kB", string.Empty, StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (text)
            text.AppendLine(line);
    }
}
