using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace PandoraSync.Host;

/// <summary>Reads the command line: pwsh's option names, any unambiguous beginning of them, one dash or two.</summary>
internal static partial class CommandLine
{
    /// <summary>pwsh's exit code for a command line that cannot be read, or a script file that is not there.</summary>
    public const int UsageExitCode = 64;

    // The order settles which option a short beginning means: -c is -Command, -n is refused (-NonInteractive needs "noni").
    private static readonly (string Name, int ShortestLength, bool TakesRest)[] Options =
    [
        ("command", 1, true),
        ("file", 1, true),
        ("help", 1, false),
        ("version", 1, false),
        ("noninteractive", 4, false),
        ("nologo", 3, false),
        ("noprofile", 3, false),
    ];

    /// <exception cref="UsageException">The arguments are not a command line of this program.</exception>
    public static HostOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new HostOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            var (name, takesRest) = Recognise(arguments[i]);
            if (takesRest && name is not "script" && i + 1 == arguments.Count)
                throw new UsageException($"'{arguments[i]}' needs {(name is "command" ? "the command to run" : "the path of a script")} after it.");
            switch (name)
            {
                case "command":
                    return options with { Action = HostAction.Command, Text = string.Join(' ', arguments.Skip(i + 1)) };
                case "file":
                    return options with { Action = HostAction.File, Text = arguments[i + 1], Arguments = ScriptArguments(arguments.Skip(i + 2)) };
                case "script":
                    return options with { Action = HostAction.File, Text = arguments[i], Arguments = ScriptArguments(arguments.Skip(i + 1)) };
                case "help":
                    return options with { Action = HostAction.Help };
                case "version":
                    return options with { Action = HostAction.Version };
                case "noninteractive":
                    options = options with { NonInteractive = true };
                    break;
                default: // -NoLogo and -NoProfile, which callers of pwsh are used to write: there is neither here.
                    break;
            }
        }

        return options;
    }

    private static (string Name, bool TakesRest) Recognise(string argument)
    {
        if (argument.Length == 0 || argument[0] != '-')
            return ("script", true);
        var given = argument.TrimStart('-').ToLowerInvariant();
        if (given is "?")
            return ("help", false);
        foreach (var (name, shortest, takesRest) in Options)
        {
            if (given.Length >= shortest && name.StartsWith(given, StringComparison.Ordinal))
                return (name, takesRest);
        }

        throw new UsageException($"'{argument}' is not an option of pandorasync; pandorasync -Help lists them.");
    }

    /// <summary>
    /// The arguments as PowerShell source: what looks like a parameter's name stays one, and the engine decides whether the next argument is
    /// its value; everything else is a literal. <c>-Switch:$false</c> works too, which no other shell could write.
    /// </summary>
    private static string ScriptArguments(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(ScriptArgument));

    private static string ScriptArgument(string argument)
    {
        var match = ParameterName().Match(argument);
        if (!match.Success)
            return Literal(argument);
        var value = argument[match.Length..];
        var isBoolean = value.Equals("$true", StringComparison.OrdinalIgnoreCase) || value.Equals("$false", StringComparison.OrdinalIgnoreCase);
        return match.Value + (isBoolean ? value : value.Length == 0 ? string.Empty : Literal(value));
    }

    private static string Literal(string text) => $"'{CodeGeneration.EscapeSingleQuotedStringContent(text)}'";

    [GeneratedRegex(@"^-[\p{L}_][\w-]*(:|$)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ParameterName();
}
