using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using PandoraSync.Fuzz.Targets;

namespace PandoraSync.Fuzz;

/// <summary>See README.md beside this file.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments is [var verb, var name, .. var rest] && FuzzTarget.Find(name) is { } target)
        {
            switch (verb)
            {
                case "afl" when rest.Length == 0:
                    RunUnderAfl(target);
                    return 0;
                case "replay" when rest.Length > 0:
                    return RunAll(target, rest.SelectMany(p => File.Exists(p) ? [(p, File.ReadAllBytes(p))] : SeedFolder.Files(p)));
                case "random" when rest.Length == 3 && int.TryParse(rest[1], CultureInfo.InvariantCulture, out var count) && ulong.TryParse(rest[2], CultureInfo.InvariantCulture, out var seed):
                    return RunAll(target, Mutations(SeedFolder.Files(rest[0]).Select(f => f.Content).ToList(), count, seed));
            }
        }

        Console.Error.WriteLine("usage: PandoraSync.Fuzz afl <target> | replay <target> <file or folder>... | random <target> <folder of seeds> <count> <seed>");
        Console.Error.WriteLine("targets: " + string.Join(", ", FuzzTarget.All.Select(t => t.Name)));
        return 2;
    }

    /// <summary>The runtime stays up for all inputs; a second process does the work, so that one that hangs or overflows the stack does not end the run.</summary>
    private static void RunUnderAfl(FuzzTarget target)
    {
        var buffer = new byte[target.MostBytes];
        SharpFuzz.Fuzzer.OutOfProcess.Run(stream =>
        {
            var length = 0;
            for (int count; length < buffer.Length && (count = stream.Read(buffer, length, buffer.Length - length)) > 0;)
                length += count;
            target.Run(buffer.AsSpan(0, length).ToArray());
        });
    }

    private static IEnumerable<(string Path, byte[] Content)> Mutations(IReadOnlyList<byte[]> seeds, int count, ulong seed)
    {
        var mutator = new Mutator(seeds, seed);
        for (var i = 0; i < count; i++)
            yield return ($"mutation {i}", mutator.Next());
    }

    private static int RunAll(FuzzTarget target, IEnumerable<(string Path, byte[] Content)> inputs)
    {
        var (done, broken, clock) = (0, 0, Stopwatch.StartNew());
        foreach (var (path, content) in inputs)
        {
            done++;
            try
            {
                target.RunCut(content);
            }
            catch (Exception e)
            {
                broken++;
                Console.WriteLine($"{path}: {e}\n  input (base64): {Convert.ToBase64String(content)}");
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target.Name}: {done} inputs, {broken} broken promises, {done / clock.Elapsed.TotalSeconds:0} a second"));
        return broken == 0 ? 0 : 1;
    }
}
