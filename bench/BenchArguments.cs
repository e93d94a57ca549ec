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

    /// <summary>Reads the command line; null if it is not understood.</summary>
    public static BenchArguments? Parse(IReadOnlyList<string> arguments, IReadOnlyCollection<string> names)
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
                case "--files" when i + 1 < arguments.Count && int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var files) && files > 0:
                    result = result with { Files = files };
                    i++;
                    break;
                case "--only":
                    var only = arguments.Skip(i + 1).TakeWhile(a => !a.StartsWith("--", StringComparison.Ordinal)).ToArray();
                    if (only.Length == 0 || !only.All(names.Contains))
                        return null;
                    result = result with { Only = [.. result.Only, .. only] };
                    i += only.Length;
                    break;
                default:
                    return null;
            }
        }

        return result;
    }
}
