using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using PandoraSync.Configuration;
using PandoraSync.Protocol;
using PandoraSync.Server.Access;
using PandoraSync.Server.Storage;
using PandoraSync.Sync.Staging;

namespace PandoraSync.Fuzz.Targets;

/// <summary>
/// What administrators write. The first character says what an input is: <c>-</c> a server's options, <c>/</c> filters, <c>@</c> an address,
/// <c>|</c> an access file; any other is a configuration file.
/// </summary>
internal static class ConfigurationTarget
{
    private static readonly ScratchFile Scratch = new();
    private static readonly string Empty = new ScratchFile().Path;
    private static readonly string Storage = Path.GetTempPath();
    private static readonly string[] Names = ["agent.conf", "agent.1700000000.data", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "\u00fc.md5", "x y.zip"];
    private static readonly IPAddress[] Addresses = [IPAddress.Loopback, IPAddress.Parse("10.1.2.3"), IPAddress.IPv6Loopback, IPAddress.Parse("fe80::1")];

    public static void Run(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        switch (input.Length == 0 ? '\0' : (char)input[0])
        {
            case '-':
                CheckOptions(text);
                break;
            case '/':
                CheckFilters(text.Substring(1));
                break;
            case '@':
                CheckEndpoint(text.Substring(1));
                CheckNetwork(text.Substring(1));
                break;
            case '|':
                CheckAccessFile(text.Substring(1));
                break;
            default:
                CheckFile(input, text);
                break;
        }
    }

    private static void CheckFile(byte[] input, string text)
    {
        var path = Scratch.With(input);
        var entries = ConfigurationFile.Parse(text, "file");
        foreach (var entry in entries)
        {
            Promise.Holds(entry.Key.Length > 0 && char.IsLetter(entry.Key[0]) && entry.Key.IndexOfAny([' ', '\t', '\n']) < 0, "a key is a word");
            Promise.Same(entry.Value.Trim(), entry.Value, "a value is trimmed");
        }

        var moved = ConfigurationFile.Parse("# a comment\r\n" + text.TrimStart('\uFEFF').Replace("\n", "\r\n"), "file");
        Promise.Holds(entries.Select(e => (e.Key, e.Value)).SequenceEqual(moved.Select(e => (e.Key, e.Value))), "comments and line ends of Windows do not matter");
        if (OrNothing(() => PandoraSyncConfiguration.Read(path), TentacleErrorKind.Configuration) is { } sync)
            CheckSync(sync, text);
        if (OrNothing(() => TentacleServerConfiguration.Read(path, options: null, passphrase: null, Storage), TentacleErrorKind.Configuration) is { } server)
            CheckServer(server, text);
    }

    private static void CheckSync(PandoraSyncConfiguration sync, string text)
    {
        Promise.Holds(sync.Options.Connections is >= 1 and <= 64 && Path.IsPathRooted(sync.Options.IncomingDirectory), "options are in their range");
        foreach (var site in sync.Sites)
        {
            Promise.Holds(site.Client.Endpoint.Port is >= 0 and <= 65535 && site.Client.Timeout <= TimeSpan.FromHours(1) && site.Client.RetryCount is >= 0 and <= 100, "a site's options are in their range");
            Promise.Holds(site.FolderName.All(c => c is '%' or '.' or '-' || char.IsLetterOrDigit(c)) && site.FolderName.Trim('.').Length > 0, "a site's folder is a folder's name");
        }

        CheckSecrets(sync.Settings, sync.Warnings, "sync_password", text);
        Promise.Holds(sync.ToString().Length > 0, "a configuration is a sentence");
    }

    private static void CheckServer(TentacleServerConfiguration server, string text)
    {
        var options = server.Options;
        Promise.Holds(options.Port is >= 1 and <= 65535 && options.MaxConnections is >= 1 and <= 100_000 && options.MaxFileBytes > 0 && options.MaxUnpackedBytes >= options.MaxFileBytes, "options are in their range");
        Promise.Holds(options.IdleTimeout > TimeSpan.Zero && server.Verbosity is >= 0 and <= 2 && Path.IsPathRooted(options.Directory), "options are in their range");
        CheckFolders(options.Filters);
        CheckSecrets(server.Settings, server.Warnings, "password", text);
    }

    /// <summary>A password that stands in one place of a file stands nowhere in what is shown of the file; a default may happen to look like it.</summary>
    private static void CheckSecrets(IEnumerable<ConfigurationSetting> settings, IEnumerable<string> warnings, string key, string text)
    {
        foreach (var secret in ConfigurationFile.Parse(text, "file").Where(e => string.Equals(e.Key, key, StringComparison.Ordinal) && e.Value.Length >= 8))
        {
            if (text.IndexOf(secret.Value, StringComparison.Ordinal) == text.LastIndexOf(secret.Value, StringComparison.Ordinal))
                Promise.Holds(settings.Where(s => s.Source is not "default").All(s => s.Value.IndexOf(secret.Value, StringComparison.Ordinal) < 0) && warnings.All(w => w.IndexOf(secret.Value, StringComparison.Ordinal) < 0), "a password is not shown");
        }
    }

    private static void CheckOptions(string text)
    {
        if (OrNothing(() => OptionString.Parse(text), TentacleErrorKind.Configuration) is not { } entries)
            return;
        var quotable = entries.Where(e => e.Value.IndexOf('\'') < 0 || e.Value.IndexOf('"') < 0).ToList();
        var again = OptionString.Parse(string.Join(" ", quotable.Select(Write)));
        Promise.Holds(again.SequenceEqual(quotable), "options that are written and read again are the same");
        if (OrNothing(() => TentacleServerConfiguration.Read(Empty, text, passphrase: null, Storage), TentacleErrorKind.Configuration) is { } server)
            CheckServer(server, string.Empty);
    }

    private static string Write(ConfigurationEntry entry)
    {
        var letter = entry.Source.Substring("option -".Length);
        if ("dhIoqTvVw".IndexOf(letter, StringComparison.Ordinal) >= 0)
            return "-" + letter;
        var quote = entry.Value.IndexOf('\'') < 0 ? '\'' : '"';
        return $"-{letter} {quote}{entry.Value}{quote}";
    }

    private static void CheckFilters(string text)
    {
        if (OrNothing(() => FolderFilters.Parse(text), TentacleErrorKind.Configuration) is { } filters)
            CheckFolders(filters);
    }

    private static void CheckFolders(FolderFilters filters)
    {
        var folders = filters.Folders.ToList();
        foreach (var folder in folders)
        {
            var whole = Path.GetFullPath(Path.Combine("/storage", folder));
            Promise.Holds(whole.StartsWith("/storage/", StringComparison.Ordinal), "a filter's folder is inside the storage directory");
        }

        foreach (var name in Names)
        {
            try
            {
                var folder = filters.FolderOf(name);
                Promise.Holds(folder.Length == 0 || folders.Contains(folder, StringComparer.Ordinal), "a name belongs into a filter's folder");
            }
            catch (RegexMatchTimeoutException)
            {
                // Declared: the server takes such a name for one that it does not allow.
                return;
            }
        }
    }

    private static void CheckEndpoint(string text)
    {
        if (OrNothing(() => TentacleEndpoint.Parse(text), TentacleErrorKind.Configuration) is { } endpoint)
            Promise.Holds(TentacleEndpoint.Parse(endpoint.ToString()) == endpoint, "an address that is written and read again is the same");
    }

    private static void CheckNetwork(string text)
    {
        if (OrNothing(() => AllowedNetwork.Parse(text), TentacleErrorKind.Configuration) is not { } network)
            return;
        var written = network.ToString();
        Promise.Same(written, AllowedNetwork.Parse(written).ToString(), "a network that is written and read again is the same");
        var first = IPAddress.Parse(written.Split('/')[0]);
        Promise.Holds(network.Contains(first), "a network contains the address that it was written with");
        foreach (var address in Addresses)
            Promise.Holds(network.Contains(address) == network.Contains(address.MapToIPv6()), "an IPv4 address counts as such however it is written");
    }

    private static void CheckAccessFile(string text)
    {
        var path = Scratch.With(Encoding.UTF8.GetBytes(text));
        if (OrNothing(() => HostsAccess.Read(path, path + ".none"), TentacleErrorKind.Configuration) is not null)
            Promise.Holds(Addresses.All(HostsAccess.Read(path, path + ".none").Allows), "who is allowed or not mentioned is let in");
        if (OrNothing(() => HostsAccess.Read(path + ".none", path), TentacleErrorKind.Configuration) is { } denying)
            Promise.Holds(Addresses.All(a => denying.Allows(a) == denying.Allows(a.MapToIPv6())), "an IPv4 address counts as such however it is written");
    }

    private static T? OrNothing<T>(Func<T> read, params TentacleErrorKind[] kinds)
        where T : class => Promise.OrRefusal(read, kinds);
}
