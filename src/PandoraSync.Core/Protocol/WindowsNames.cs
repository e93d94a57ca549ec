using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace PandoraSync.Protocol;

/// <summary>Names that the protocol allows and Windows gives a meaning of its own.</summary>
internal static class WindowsNames
{
    private const string PortDigits = "0123456789\u00B9\u00B2\u00B3";
    private static readonly HashSet<string> Devices = new(
        new[] { "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$" }.Concat(PortDigits.SelectMany(static d => new[]
        {
            string.Format(CultureInfo.InvariantCulture, "COM{0}", d), string.Format(CultureInfo.InvariantCulture, "LPT{0}", d),
        })),
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Says why Windows cannot have a file of a name.</summary>
    /// <param name="name">A name that <see cref="FileNameRules.WhyInvalid"/> has nothing against.</param>
    /// <returns>The reason as the end of a sentence ("it ..."), or null if it can.</returns>
    public static string? WhyImpossible(string name)
    {
        // Windows drops dots and spaces at the end, so that two names become one file.
        if (name.EndsWith(".", StringComparison.Ordinal) || name.EndsWith(" ", StringComparison.Ordinal))
            return "it ends with a dot or a space, which Windows drops";
        if (Devices.Contains(name.Split('.')[0].TrimEnd(' ')))
            return "it is the name of a device on Windows";
        return name.Any(static c => c < ' ' || c is '"' or '|') ? "it has a character that Windows does not allow" : null;
    }
}
