using System;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;

namespace PandoraSync.Bench;

/// <summary>What this program does as a worker process: one piece of work, reported as lines of JSON on standard output.</summary>
internal static class Worker
{
    /// <summary>The first argument, which no user gives.</summary>
    public const string Word = "worker";

    public static async Task<int> RunAsync(string[] arguments)
    {
        var given = new WorkerArguments(arguments.Skip(2));
        switch (arguments.ElementAtOrDefault(1))
        {
            case ServerWork.Serve:
                await ServerWork.ServeAsync(given);
                return 0;
            case ServerWork.ServeMany:
                await ServerWork.ServeManyAsync(given);
                return 0;
            case TransferWork.Word:
                await TransferWork.RunAsync(given);
                return 0;
            case ServerWork.ServeEmpty:
                await ServerWork.ServeEmptyAsync(given);
                return 0;
            case IdleWork.Word:
                await IdleWork.RunAsync(given);
                return 0;
            case DrainWork.Word:
                await DrainWork.RunAsync(given);
                return 0;
            default:
                await Console.Error.WriteLineAsync(BenchArguments.Usage);
                return 2;
        }
    }

    /// <summary>Reports to the process that started this one.</summary>
    public static async Task SayAsync<T>(T report)
    {
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(report));
        await Console.Out.FlushAsync();
    }

    /// <summary>Waits until that process closes the standard input, or is gone.</summary>
    public static Task EndOfInputAsync() => Console.In.ReadToEndAsync();
}
