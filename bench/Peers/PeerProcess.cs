using System;
using System.Collections.Generic;
using System.Diagnostics;

namespace PandoraSync.Bench;

/// <summary>A program that runs beside the measurement and is ended, by its id, when disposed.</summary>
internal sealed class PeerProcess : IDisposable
{
    private readonly Process _process;

    public PeerProcess(string path, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        // Its input stays open and empty: openssl ends when its input does.
        var start = new ProcessStartInfo(path, arguments) { UseShellExecute = false, RedirectStandardInput = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
            start.Environment[name] = value;
        _process = Process.Start(start)!;
    }

    /// <summary>Waits for its end.</summary>
    /// <exception cref="BenchFailedException">It ran too long or failed.</exception>
    public void Finish(TimeSpan limit)
    {
        if (!_process.WaitForExit(limit) || _process.ExitCode != 0)
            throw new BenchFailedException($"'{_process.StartInfo.FileName}' {(_process.HasExited ? "failed" : "did not end in time")}.");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(TimeSpan.FromSeconds(10));
        }

        _process.Dispose();
    }
}
