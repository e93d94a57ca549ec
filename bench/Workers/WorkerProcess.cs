using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text.Json;
using System.Threading.Tasks;
using PandoraSync.TestSupport;

namespace PandoraSync.Bench;

/// <summary>This program once more, as a server or client whose memory is its own. It ends when its standard input does.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);
    private readonly Process _process;
    private readonly string _work;

    /// <summary>Starts one.</summary>
    /// <param name="work">What it does; see <see cref="Worker"/>.</param>
    /// <param name="arguments"><c>key=value</c>.</param>
    public WorkerProcess(string work, params IEnumerable<string> arguments)
    {
        _work = work;
        var program = Environment.ProcessPath!;

        // Started as "dotnet <this>.dll", it has to be started so again.
        var isHost = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        string[] own = isHost ? [typeof(WorkerProcess).Assembly.Location] : [];
        _process = Process.Start(new ProcessStartInfo(program, [.. own, Worker.Word, work, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    public int Id => _process.Id;

    /// <summary>Waits for its next line.</summary>
    /// <exception cref="BenchFailedException">It ended instead; its standard error, which is this program's, says why.</exception>
    /// <exception cref="TimeoutException">There was none in time.</exception>
    public async Task<T> ReadAsync<T>(TimeSpan limit)
    {
        var line = await Eventually.Ends(_process.StandardOutput.ReadLineAsync(), $"the worker '{_work}' reports", limit);
        return line is null ? throw new BenchFailedException($"The worker '{_work}' ended without a report.") : JsonSerializer.Deserialize<T>(line)!;
    }

    /// <summary>Tells it to go on.</summary>
    public async Task ContinueAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await Eventually.Ends(_process.WaitForExitAsync(), $"the worker '{_work}' ends", EndLimit);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
