using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Tasks;

namespace PandoraSync.Bench;

/// <summary><c>dotnet run -c Release --project bench</c>: runs the comparisons and writes tables and charts to artifacts/bench.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        // Server and client of some comparisons are processes of their own, so that the memory of each can be told.
        if (arguments is [Worker.Word, ..])
            return await Worker.RunAsync(arguments);
        BenchArguments asked;
        try
        {
            asked = BenchArguments.Parse(arguments, [.. Suite.Names]);
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 2;
        }

        try
        {
            if (asked.Lists)
                await Console.Out.WriteLineAsync(string.Join('\n', Suite.Names));
            else if (asked.Publishes)
                await Console.Out.WriteLineAsync(new Publisher(new ResultFolder()).Publish());
            else
                await MeasureAsync(asked);
            return 0;
        }
        catch (BenchFailedException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static async Task MeasureAsync(BenchArguments asked)
    {
        var scale = new Scale(asked.IsShort, asked.Files);
        var folder = new ResultFolder();
        var run = new List<string>();
        var clock = Stopwatch.StartNew();
        foreach (var comparison in Suite.Choose(asked))
        {
            var result = await comparison.RunAsync(scale.Rounds, warmsUp: !scale.IsShort);
            folder.Keep(result, scale);
            run.Add(comparison.Name);
        }

        await Console.Out.WriteAsync(folder.Assemble(run));
        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{folder.Report} ({clock.Elapsed.TotalSeconds:0} s)"));
    }
}
