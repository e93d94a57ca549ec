using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using PandoraSync.Compat;

namespace PandoraSync.Server.Storage;

/// <summary>
/// Patterns that were written for Perl. What .NET reads in the same way is taken, what can be said exactly is translated (Perl sees a
/// name's bytes, so its \d, \w and \s know ASCII alone), and the rest is refused with the reason rather than matched wrongly.
/// </summary>
internal static class PerlPattern
{
    private static readonly TimeSpan MatchLimit = TimeSpan.FromSeconds(0.25);

    private static readonly (string Text, string Why)[] Refused =
    [
        ("(?R", "recursion"), ("(?0", "recursion"), ("(?1", "recursion"), ("(?+", "recursion"), ("(?&", "recursion"), ("(?P", "Python's named groups"),
        ("(?{", "code"), ("(??{", "code"), ("(?|", "branch reset"), ("(*", "backtracking verbs"), ("[[:", "POSIX classes"), ("(?^", "flag resets"),
        ("(?<=", "looking back"), ("(?<!", "looking back"), ("{,", "a count without its least number"),
    ];

    private static readonly Dictionary<char, string> RefusedEscapes = new()
    {
        ['K'] = "\\K", ['R'] = "\\R", ['X'] = "\\X", ['h'] = "\\h", ['H'] = "\\H", ['v'] = "\\v", ['V'] = "\\V", ['N'] = "\\N", ['Q'] = "\\Q", ['E'] = "\\E", ['U'] = "\\U",
        ['L'] = "\\L", ['u'] = "\\u", ['l'] = "\\l", ['g'] = "\\g", ['p'] = "\\p", ['P'] = "\\P", ['o'] = "\\o", ['C'] = "\\C", ['F'] = "\\F",
    };

    /// <summary>Makes the expression; no name can make its match run away.</summary>
    /// <exception cref="ArgumentException">The pattern is wrong.</exception>
    /// <exception cref="NotSupportedException">Perl reads it differently; the message says which part.</exception>
    public static Regex Compile(string pattern) => RegexCalls.Compile(Translate(pattern), RegexOptions.CultureInvariant, MatchLimit);

    private static string Translate(string pattern)
    {
        if (Refused.FirstOrDefault(r => pattern.IndexOf(r.Text, StringComparison.Ordinal) >= 0) is { Text: not null } found)
            throw new NotSupportedException($"'{found.Text}' ({found.Why}) means something else here than in Perl");
        var text = new StringBuilder();
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                text.Append(Escape(pattern[++i], inClass));
                continue;
            }

            if (!inClass && c == '+' && i > 0 && pattern[i - 1] is '+' or '*' or '?' or '}' && !IsEscaped(pattern, i - 1))
                throw new NotSupportedException($"'{pattern[i - 1]}+' (possessive) means something else here than in Perl");
            if (inClass && c == '[' && pattern[i - 1] == '-')
                throw new NotSupportedException("'-[' inside brackets (class subtraction) means something else here than in Perl");
            inClass = c == '[' || (inClass && c != ']');
            text.Append(c);
        }

        return text.ToString();
    }

    private static string Escape(char c, bool inClass)
    {
        if (RefusedEscapes.TryGetValue(c, out var name))
            throw new NotSupportedException($"'{name}' means something else here than in Perl");
        var (inside, isNegated) = char.ToLowerInvariant(c) switch
        {
            'd' => ("0-9", char.IsUpper(c)),
            'w' => ("a-zA-Z0-9_", char.IsUpper(c)),
            's' => (" \\t\\n\\r\\f\\v", char.IsUpper(c)),
            _ => (string.Empty, false),
        };
        if (inside.Length == 0)
            return string.Format(CultureInfo.InvariantCulture, "\\{0}", c);
        if (inClass && isNegated)
            throw new NotSupportedException($"'\\{c}' inside brackets means something else here than in Perl");
        return inClass ? inside : $"[{(isNegated ? "^" : string.Empty)}{inside}]";
    }

    private static bool IsEscaped(string pattern, int at)
    {
        var backslashes = 0;
        while (at > 0 && pattern[--at] == '\\')
            backslashes++;
        return backslashes % 2 == 1;
    }
}
