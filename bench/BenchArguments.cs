using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace PandoraSync.Bench;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchArguments
{
    public const string Usage = "usage: dotnet run -c Release --project bench [-- [--short] [--full] [--only <name>...] [--files <n>] | --list | --publish]";

    /// <summary>Few files and one round.</summary>
    public bool IsShort { get; private init; }

    /// <summary>Also what runs only when asked for.</summary>
    public bool IsFull { get; private init; }

    /// <summary>Prints the names and ends.</summary>
    public bool Lists { get; private init; }

    /// <summary>Copies the last results into the documentation and ends.</summary>
    public bool Publishes { get; private init; }

    /// <summary>The comparisons to run; empty for all that do not have to be asked for.</summary>
    public IReadOnlyList<string> Only { get; private init; } = [];

    /// <summary>Most files of the largest buffer; null for all.</summary>
    public int? Files { get; private init; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="FormatException">It is not understood; the message says which part and what would be.</exception>
    public static BenchArguments Parse(IReadOnlyList<string> arguments, IReadOnlyCollection<string> names)
    {
        var result = new BenchArguments();
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--short":
                    result = result with { IsShort = true };
                    break;
                case "--full":
                    result = result with { IsFull = true };
                    break;
                case "--list":
                    result = result with { Lists = true };
                    break;
                case "--publish":
                    result = result with { Publishes = true };
                    break;
                case "--files":
                    result = result with { Files = ParseFiles(arguments.ElementAtOrDefault(++i)) };
                    break;
                case "--only":
                    var only = arguments.Skip(i + 1).TakeWhile(a => !a.StartsWith("--", StringComparison.Ordinal)).ToArray();
                    if (only.DefaultIfEmpty(string.Empty).FirstOrDefault(n => !names.Contains(n)) is { } wrong)
                        throw new FormatException($"--only takes names of comparisons, not '{wrong}'; there are: {string.Join(' ', names)}.");
                    result = result with { Only = [.. result.Only, .. only] };
                    i += only.Length;
                    break;
                case var other:
                    throw new FormatException($"'{other}' is no option.\n{Usage}");
            }
        }

        return result;
    }

    private static int ParseFiles(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var files) && files > 0
            ? files
            : throw new FormatException($"--files takes a number of files from 1 up, not '{text}'.");
}
