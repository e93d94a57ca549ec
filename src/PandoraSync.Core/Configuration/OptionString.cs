using System.Collections.Generic;
using System.Text;
using PandoraSync.Protocol;

namespace PandoraSync.Configuration;

/// <summary>
/// The options of a stock server as an init script's TENTACLE_EXT_OPTS has them (protocol.md, section 8): letters with values attached
/// or behind a space, letters without a value in clusters, quotes and backslashes as a shell takes them.
/// </summary>
internal static class OptionString
{
    private const string WithoutValue = "dhIoqTvVw";

    private static readonly Dictionary<char, string> Keys = new()
    {
        ['a'] = "addresses", ['b'] = "proxy_ip", ['c'] = "max_connections", ['d'] = "daemon", ['e'] = "ssl_cert", ['f'] = "ssl_ca", ['F'] = "config",
        ['g'] = "proxy_port", ['h'] = "help", ['i'] = "filters", ['I'] = "insecure", ['k'] = "ssl_key", ['l'] = "log_file", ['m'] = "max_size",
        ['o'] = "overwrite", ['p'] = "port", ['q'] = "quiet", ['r'] = "retries", ['s'] = "directory", ['S'] = "service", ['t'] = "timeout",
        ['T'] = "use_libwrap", ['u'] = "ssl_cipher", ['v'] = "verbose", ['V'] = "verbose", ['w'] = "ssl_password", ['x'] = "password", ['z'] = "ssl_version",
    };

    /// <summary>Reads options.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: an unknown letter, a missing value, an open quote, or a word that is no option.</exception>
    public static IReadOnlyList<ConfigurationEntry> Parse(string text)
    {
        var words = Split(text);
        var entries = new List<ConfigurationEntry>();
        for (var i = 0; i < words.Count; i++)
        {
            if (words[i].Length < 2 || words[i][0] != '-')
                throw Wrong($"'{TentacleText.Show(words[i])}' is not an option: options begin with a hyphen, and a value that has spaces stands in quotes.");
            i += ParseWord(words[i], i + 1 < words.Count ? words[i + 1] : null, entries);
        }

        return entries;
    }

    /// <summary>Reads one word.</summary>
    /// <returns>1 if the next word is its value.</returns>
    private static int ParseWord(string word, string? next, List<ConfigurationEntry> entries)
    {
        for (var at = 1; at < word.Length; at++)
        {
            var letter = word[at];
            if (!Keys.TryGetValue(letter, out var key))
                throw Wrong($"-{letter} in '{TentacleText.Show(word)}' is not an option of a Tentacle server.");
            if (WithoutValue.IndexOf(letter) >= 0)
            {
                entries.Add(new ConfigurationEntry(key, letter is 'V' ? "2" : "1", $"option -{letter}"));
                continue;
            }

            var value = at + 1 < word.Length ? word.Substring(at + 1) : next ?? throw Wrong($"Option -{letter} needs a value ({key}).");
            entries.Add(new ConfigurationEntry(key, value, $"option -{letter}"));
            return at + 1 < word.Length ? 0 : 1;
        }

        return 0;
    }

    /// <summary>Cuts at white space outside of quotes. A backslash keeps its meaning for a shell only before a quote, a space or itself: filters and Windows paths are full of others.</summary>
    private static List<string> Split(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (quote, isOpen) = ('\0', false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quote != '\0' && c == quote)
                quote = '\0';
            else if (quote == '\0' && c is '\'' or '"')
                (quote, isOpen) = (c, true);
            else if (quote == '\0' && c == '\\' && i + 1 < text.Length && text[i + 1] is ' ' or '\'' or '"')
                word.Append(text[++i]);
            else if (quote == '\0' && char.IsWhiteSpace(c))
                End();
            else
                word.Append(c);
        }

        if (quote != '\0')
            throw Wrong($"The quote {quote} is opened and not closed.");
        End();
        return words;

        void End()
        {
            if (word.Length > 0 || isOpen)
                words.Add(word.ToString());
            word.Clear();
            isOpen = false;
        }
    }

    private static TentacleException Wrong(string message) => new(TentacleErrorKind.Configuration, $"Server options: {message}") { Step = "configuration" };
}
