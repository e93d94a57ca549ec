using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;

namespace PandoraSync.Bench;

/// <summary><c>dotnet run -c Release --project bench [-- --short]</c>: runs every comparison and writes the tables to standard output and artifacts/bench/results.md.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        var isShort = arguments.Contains("--short", StringComparer.Ordinal);
        if (arguments.Any(a => a is not "--short"))
        {
            await Console.Error.WriteLineAsync("usage: dotnet run -c Release --project bench [-- --short]");
            return 2;
        }

        var comparisons = new[]
        {
            StockDrains.Compare(isShort ? 300 : 2000, isShort ? 20 : 60),
            TlsCosts.CompareDrains(isShort ? 300 : 2000),
            TlsCosts.CompareHandshakes(isShort ? 50 : 300),
        };
        var folder = Directory.CreateDirectory(Path.Combine("artifacts", "bench")).FullName;
        var tables = new System.Text.StringBuilder();
        foreach (var comparison in comparisons)
            tables.AppendLine(await comparison.RunAsync(isShort ? 1 : 5));
        await File.WriteAllTextAsync(Path.Combine(folder, "results.md"), tables.ToString());
        await Console.Out.WriteAsync(tables.ToString());
        return 0;
    }
}
