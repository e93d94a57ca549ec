using System;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation.Runspaces;

namespace PandoraSync.Host;

/// <summary>Reads the command line: pwsh's option names, any unambiguous beginning of them, one dash or two.</summary>
internal static class CommandLine
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
                throw new UsageException($"-{name} needs {(name is "command" ? "the command to run" : "the path of a script")} after it.");
            switch (name)
            {
                case "command":
                    return options with { Action = HostAction.Command, Text = string.Join(' ', Rest(arguments, i + 1)) };
                case "file":
                    return options with { Action = HostAction.File, Text = arguments[i + 1], Arguments = ScriptArguments(Rest(arguments, i + 2)) };
                case "script":
                    return options with { Action = HostAction.File, Text = arguments[i], Arguments = ScriptArguments(Rest(arguments, i + 1)) };
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

    private static List<string> Rest(IReadOnlyList<string> arguments, int start)
    {
        var rest = new List<string>();
        for (var i = start; i < arguments.Count; i++)
            rest.Add(arguments[i]);
        return rest;
    }

    /// <summary>
    /// A dash begins a parameter's name and the next argument is its value or, for a switch, the next positional one: the engine decides.
    /// <c>-Name:value</c> is one argument, and so are <c>-Switch:$true</c> and <c>-Switch:$false</c>, which no shell could write otherwise.
    /// </summary>
    private static List<CommandParameter> ScriptArguments(List<string> arguments)
    {
        var parameters = new List<CommandParameter>();
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            var colon = argument.IndexOf(':', StringComparison.Ordinal);
            if (argument.Length < 2 || argument[0] != '-' || IsNumber(argument))
                parameters.Add(new CommandParameter(name: null, argument));
            else if (colon < 0)
                parameters.Add(new CommandParameter(argument));
            else if (colon < argument.Length - 1)
                parameters.Add(new CommandParameter(argument[..colon], Value(argument[(colon + 1)..])));
            else if (i + 1 < arguments.Count)
                parameters.Add(new CommandParameter(argument[..colon], Value(arguments[++i])));
            else
                throw new UsageException($"The script's argument '{argument}' has no value after it.");
        }

        return parameters;
    }

    private static bool IsNumber(string argument) => double.TryParse(argument, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static object Value(string text) => text.ToLowerInvariant() switch
    {
        "$true" => true,
        "$false" => false,
        _ => text,
    };
}
