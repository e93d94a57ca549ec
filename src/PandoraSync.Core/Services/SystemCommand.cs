using System;
using System.ComponentModel;
using System.Diagnostics;
using System.Linq;
using System.Text.RegularExpressions;
using PandoraSync.Protocol;

namespace PandoraSync.Services;

/// <summary>Runs the system's own programs.</summary>
internal static class SystemCommand
{
    private static readonly Regex Plain = new(@"\A[A-Za-z0-9_./:=\\-]+\z", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    /// <summary>Runs a program to its end.</summary>
    /// <returns>How it ended, and what it wrote.</returns>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.LocalFile"/>: it is not there.</exception>
    public static (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, string.Join(" ", arguments.Select(a => Plain.IsMatch(a) ? a : $"\"{a}\""))) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, (output + errors.GetAwaiter().GetResult()).Trim());
        }
        catch (Win32Exception e)
        {
            throw new TentacleException(TentacleErrorKind.LocalFile, $"The program '{program}' cannot be started ({e.Message.TrimEnd('.')}): install it, or register with -NoStart.", e) { File = program, Step = "service" };
        }
    }

    /// <summary>Runs a program that has to succeed.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Refused"/>: it failed, and what it said.</exception>
    public static string Must(string program, params string[] arguments)
    {
        var (exitCode, output) = Run(program, arguments);
        return exitCode == 0
            ? output
            : throw new TentacleException(TentacleErrorKind.Refused, $"'{program} {string.Join(" ", arguments)}' failed with exit code {exitCode} and said: {(output.Length == 0 ? "nothing" : TentacleText.Show(output)).TrimEnd('.')}.") { File = program, Step = "service" }
                .Advise("Run that command by hand, with an administrator's rights; the service's files are as they should be.");
    }
}
