using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using PandoraSync.Files;
using PandoraSync.Protocol;

namespace PandoraSync.Server.Access;

/// <summary>
/// The system's access files, hosts.allow and hosts.deny, for the daemon <c>tentacle_server</c> (stock's <c>-T</c>): whoever is in the first
/// may speak, else whoever is in the second may not, else everybody may. Commands in these files are never run. Clients are known by
/// their addresses alone, so a rule that names hosts is refused rather than read in a way that lets somebody in, as is all else that is
/// not followed here: patterns, netgroups, daemons at one address.
/// </summary>
internal static class HostsAccess
{
    /// <summary>The system's list of who may.</summary>
    public const string AllowPath = "/etc/hosts.allow";

    /// <summary>The system's list of who may not.</summary>
    public const string DenyPath = "/etc/hosts.deny";

    private const string Daemon = "tentacle_server";
    private const string All = "ALL";
    private const string Except = "EXCEPT";

    // Words for clients; the system's library takes some of them for daemons too.
    private static readonly string[] ClientWords = ["LOCAL", "KNOWN", "UNKNOWN", "PARANOID"];

    /// <summary>Reads both files; one that does not exist has no rules.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: a rule that cannot be followed, with file and line.</exception>
    public static AccessList Read(string allowPath, string denyPath)
    {
        var (allowed, denied) = (ReadRules(allowPath), ReadRules(denyPath));
        return new AccessList(address => allowed.Any(r => r(address)) || !denied.Any(r => r(address)));
    }

    private static IReadOnlyList<Func<IPAddress, bool>> ReadRules(string path)
    {
        if (!File.Exists(path))
            return [];
        try
        {
            var rules = new List<Func<IPAddress, bool>>();
            var lines = File.ReadAllLines(path);
            for (var i = 0; i < lines.Length; i++)
            {
                var (first, line) = (i + 1, lines[i]);
                while (line.EndsWith("\\", StringComparison.Ordinal) && i + 1 < lines.Length)
                    line = line.Substring(0, line.Length - 1) + lines[++i];
                if (line.Trim().Length > 0 && line[0] != '#' && ParseRule(line, $"{path}, line {first}") is { } rule)
                    rules.Add(rule);
            }

            return rules;
        }
        catch (Exception e) when (LocalFileError.IsFileError(e))
        {
            throw new TentacleException(TentacleErrorKind.Configuration, LocalFileError.Explain(e, path, "read").Message, e);
        }
    }

    /// <summary>Reads <c>daemons : clients [: option]</c>.</summary>
    /// <returns>Null if the rule is for other daemons.</returns>
    private static Func<IPAddress, bool>? ParseRule(string line, string source)
    {
        var fields = SplitFields(line);
        if (fields.Count < 2)
            throw Wrong(source, "the rule has no clients: write daemons : clients");
        if (Words(fields[0]).Length == 0)
            throw Wrong(source, "the rule has no daemons: write daemons : clients");
        if (!Listed(Words(fields[0]), word => DaemonOf(word, source), source)(IPAddress.None))
            return null;
        if (fields.Count > 2)
            throw Wrong(source, "options and commands behind the clients are not followed: leave them out");
        if (Words(fields[1]).Length == 0)
            throw Wrong(source, "the rule has no clients: write daemons : clients");
        return Listed(Words(fields[1]), word => Client(word, source), source);
    }

    /// <summary>A list, perhaps with EXCEPT and another list.</summary>
    private static Func<IPAddress, bool> Listed(string[] words, Func<string, Func<IPAddress, bool>> one, string source)
    {
        var except = Array.IndexOf(words, Except);
        var included = words.Take(except < 0 ? words.Length : except).Select(one).ToArray();
        if (except == 0 || except == words.Length - 1)
            throw Wrong(source, "EXCEPT has nothing on one of its sides: write what is meant, and what is left out of it");
        if (except < 0)
            return address => included.Any(m => m(address));
        var excluded = Listed(words.Skip(except + 1).ToArray(), one, source);
        return address => included.Any(m => m(address)) && !excluded(address);
    }

    /// <summary>Whether a word stands for this daemon. One that might, in a way that is not followed, is refused: passed over it would let in whom it keeps out.</summary>
    private static Func<IPAddress, bool> DaemonOf(string word, string source)
    {
        if (word is All or Daemon)
            return _ => true;
        const string WriteName = "write the name of the daemon, or ALL";
        var name = word.Split('@')[0];
        if (name.Length == 0 || !name.All(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '-' or '+' or '*' or '?'))
            throw Wrong(source, $"'{TentacleText.Show(word)}' is no name of a daemon: {WriteName}");
        if (ClientWords.Contains(name, StringComparer.OrdinalIgnoreCase))
            throw Wrong(source, $"'{TentacleText.Show(word)}' is a word for clients and stands for no daemon: {WriteName}");
        if (name.Length < word.Length && (IsPattern(name) || new[] { All, Daemon }.Contains(name, StringComparer.OrdinalIgnoreCase)))
            throw Wrong(source, $"'{TentacleText.Show(word)}' is for one address of this machine, which is not followed: write the name of the daemon alone, or ALL");
        if (IsPattern(name))
            throw Wrong(source, $"'{TentacleText.Show(word)}' is a pattern, which is not followed here: {WriteName}");
        foreach (var known in new[] { All, Except, Daemon })
        {
            if (string.Equals(name, known, StringComparison.OrdinalIgnoreCase))
                throw Wrong(source, $"'{TentacleText.Show(word)}' differs from '{known}' only in its letters' case: write {known}");
        }

        return _ => false;
    }

    private static bool IsPattern(string name) => name.IndexOfAny(['*', '?']) >= 0;

    private static Func<IPAddress, bool> Client(string word, string source)
    {
        if (word is All)
            return _ => true;
        if (IsBeginning(word))
            return address => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString().StartsWith(word, StringComparison.Ordinal);
        try
        {
            return AllowedNetwork.Parse(word).Contains;
        }
        catch (TentacleException)
        {
            throw Wrong(source, $"'{TentacleText.Show(word)}' is no address or network, and hosts are not known by name: write addresses");
        }
    }

    /// <summary>True for the first one to three numbers of an IPv4 address, each with its dot.</summary>
    private static bool IsBeginning(string word)
    {
        var numbers = word.Split('.');
        return numbers.Length is > 1 and < 5 && numbers[numbers.Length - 1].Length == 0
            && numbers.Take(numbers.Length - 1).All(AllowedNetwork.IsPartOfAddress);
    }

    /// <summary>Cuts at colons, but not inside the brackets of an IPv6 address.</summary>
    private static List<string> SplitFields(string line)
    {
        var fields = new List<string> { string.Empty };
        var depth = 0;
        foreach (var c in line)
        {
            depth += c == '[' ? 1 : c == ']' ? -1 : 0;
            if (c == ':' && depth == 0)
                fields.Add(string.Empty);
            else
                fields[fields.Count - 1] += c;
        }

        return fields;
    }

    private static string[] Words(string field) => field.Split([' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries);

    private static TentacleException Wrong(string source, string why) => new(TentacleErrorKind.Configuration, $"{source}: {why}.");
}
