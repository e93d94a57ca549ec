using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace PandoraSync.TestSupport;

/// <summary>A program of the system that tests run as it is, bounded in time.</summary>
/// <param name="Name">The program's file name.</param>
/// <param name="Package">The Debian package that has it.</param>
public sealed record RealProgram(string Name, string Package)
{
    // A user's PATH often has no sbin.
    private static readonly string[] MoreFolders = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"];

    /// <summary>Full path; null if it is not installed.</summary>
    public string? Path { get; } = Find(Name);

    /// <summary>One line that says how to get it; null if it is installed. A test skips with this line, and CI refuses skips.</summary>
    public string? WhyMissing => Path is null ? $"{Name} is not installed: run 'apt-get install {Package}'." : null;

    /// <summary>Runs it and waits for its end.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">Text for its standard input, which then ends.</param>
    /// <param name="folder">Its working folder; null for the current one.</param>
    /// <param name="environment">Variables to set.</param>
    /// <param name="limit">Longest it may run; 60 s by default. It is ended then.</param>
    /// <exception cref="TimeoutException">It ran too long.</exception>
    public async Task<ProgramResult> RunAsync(IEnumerable<string> arguments, string input = "", string? folder = null, IReadOnlyDictionary<string, string>? environment = null, TimeSpan? limit = null)
    {
        var start = new ProcessStartInfo(Path ?? throw new InvalidOperationException(WhyMissing), arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? Environment.CurrentDirectory,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(60));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            await GiveAsync(process, input);
            await process.WaitForExitAsync(patience.Token);
            return new ProgramResult(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{Name} {string.Join(' ', start.ArgumentList)}' did not end in time.", e);
        }
    }

    private static async Task GiveAsync(Process process, string input)
    {
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It does not read its input, or has ended.
        }
    }

    private static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(System.IO.Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(MoreFolders)
            .Select(folder => System.IO.Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
