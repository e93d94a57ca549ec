using System;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using PandoraSync.Protocol;

namespace PandoraSync.RemoteConfiguration;

/// <summary>
/// The names that agents use on their Tentacle server (protocol.md, section 11). A site decides none of them freely: an agent's files are
/// called by 32 hexadecimal digits, and a collection never, so that neither can stand in the place of the other.
/// </summary>
internal static class ConfigurationNames
{
    /// <summary>The extensions.</summary>
    public const string Conf = ".conf";

    /// <inheritdoc cref="Conf"/>
    public const string Md5 = ".md5";

    /// <inheritdoc cref="Conf"/>
    public const string Zip = ".zip";

    /// <inheritdoc cref="Conf"/>
    public const string Command = ".rcmd";

    private const int DigestCharacters = 32;
    private const int MostCharacters = 100;

    /// <summary>The name without its extension; null if it has another.</summary>
    public static string? Without(string file, string extension) =>
        file.Length > extension.Length && file.EndsWith(extension, StringComparison.Ordinal) ? file.Substring(0, file.Length - extension.Length) : null;

    /// <summary>True for what an agent's files are called: the MD5 of its name in lower-case hexadecimal digits.</summary>
    public static bool IsAgent(string name) => name.Length == DigestCharacters && name.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'));

    /// <summary>True for what a collection or command may be called: plain characters, and not as an agent's files are.</summary>
    public static bool IsPlain(string name) =>
        name.Length is > 0 and <= MostCharacters && name[0] != '.' && !IsAgent(name.ToLowerInvariant()) && FileNameRules.UnsafeReason(name) is null && name.All(c => c is > ' ' and <= '~');

    /// <summary>The agent that a command is for by its name: the digits that it begins with; null if it begins otherwise.</summary>
    public static string? AgentOfCommand(string name) =>
        name.Length >= DigestCharacters && name.Substring(0, DigestCharacters) is var digits && IsAgent(digits)
        && (name.Length == DigestCharacters || name[DigestCharacters] is '.' or '_' or '-') ? digits : null;

    /// <summary>True for what a command's file may be called.</summary>
    public static bool IsCommand(string name) => AgentOfCommand(name) is not null ? FileNameRules.UnsafeReason(name) is null : IsPlain(name);

    /// <summary>The MD5 of a content as agents write it: 32 lower-case hexadecimal digits.</summary>
    public static string DigestOf(byte[] content)
    {
        using var md5 = MD5.Create();
        return Hex(md5.ComputeHash(content));
    }

    /// <summary>The MD5 of a stream, from its position to its end.</summary>
    /// <exception cref="System.IO.IOException">It cannot be read.</exception>
    public static string DigestOf(System.IO.Stream content)
    {
        using var md5 = MD5.Create();
        return Hex(md5.ComputeHash(content));
    }

    /// <summary>What a <c>.md5</c> file says; null if it is none. White space around the digits is let pass, and so are capitals.</summary>
    public static string? ReadDigest(byte[] content)
    {
        var text = content.Length > 2 * DigestCharacters ? string.Empty : Encoding.ASCII.GetString(content).Trim().ToLowerInvariant();
        return IsAgent(text) ? text : null;
    }

    private static string Hex(byte[] bytes)
    {
        const string digits = "0123456789abcdef";
        var text = new StringBuilder(2 * bytes.Length);
        foreach (var b in bytes)
            text.Append(digits[b >> 4]).Append(digits[b & 15]);
        return text.ToString();
    }
}
