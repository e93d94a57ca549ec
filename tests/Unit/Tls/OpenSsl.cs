using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using PandoraSync.TestSupport;
using Xunit;

namespace PandoraSync.Tests.Tls;

/// <summary>The openssl command: run to its end, or left running as a TLS peer until disposed.</summary>
internal sealed class OpenSsl : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private OpenSsl(IEnumerable<string> arguments)
    {
        _process = Process.Start(new ProcessStartInfo(RealPrograms.OpenSsl.Path!, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>All that it has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    public bool HasEnded => _process.HasExited;

    /// <summary>Runs it and requires success. Arguments are separated by blanks; a blank within one is written as ~.</summary>
    public static string Run(string arguments, string input = "", string? folder = null)
    {
        var result = Try(arguments, input, folder);
        Assert.True(result.ExitCode == 0, $"openssl {arguments}: {result}");
        return result.Output + result.Errors;
    }

    public static ProgramResult Try(string arguments, string input = "", string? folder = null) =>
        RealPrograms.OpenSsl.RunAsync(Split(arguments), input, folder).GetAwaiter().GetResult();

    /// <summary>A TLS server on a port that the system chooses.</summary>
    public static async Task<(OpenSsl Server, int Port)> ServeAsync(string arguments)
    {
        var server = new OpenSsl(Split("s_server -accept 127.0.0.1:0 " + arguments));
        var accept = new Regex(@"^ACCEPT .*:(?<port>\d+)\s*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));
        await Eventually.BecomesTrue(() => server.HasEnded || accept.IsMatch(server.Output), "s_server listens");
        Assert.False(server.HasEnded, server.Output);
        return (server, int.Parse(accept.Match(server.Output).Groups["port"].Value, CultureInfo.InvariantCulture));
    }

    /// <summary>A TLS client.</summary>
    public static OpenSsl Connect(int port, string arguments) => new(Split($"s_client -connect 127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)} {arguments}"));

    public void Say(string text)
    {
        _process.StandardInput.Write(text);
        _process.StandardInput.Flush();
    }

    /// <summary>The end of its input: s_client then sends close_notify.</summary>
    public void EndInput() => _process.StandardInput.Close();

    /// <summary>Ends it without any goodbye from TLS.</summary>
    public void Kill() => _process.Kill();

    public Task Prints(string text) => Eventually.BecomesTrue(() => Output.Contains(text, StringComparison.Ordinal), $"openssl prints '{text}'; it printed:\n{Output}");

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static IEnumerable<string> Split(string arguments) => arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(a => a.Replace('~', ' '));

    private void Add(string? line)
    {
        lock (_output)
            _output.Append(line).Append('\n');
    }
}
