using System;
using System.Collections.Generic;
using System.Text;

namespace PandoraSync.Protocol;

/// <summary>Which file names the protocol allows, and which are safe to ask a server for (protocol.md, section 4).</summary>
internal static class FileNameRules
{
    /// <summary>
    /// A name that no server has, so that asking for it does no harm. A server of ours takes it for a sign that the client says QUIT when
    /// it has everything (protocol.md, section 5).
    /// </summary>
    public const string ProbeName = ".pandorasync";

    // In a storage directory these are folders, for the agents' own files.
    private static readonly HashSet<string> AgentFolders = new(StringComparer.Ordinal) { "conf", "md5", "collections", "trans", "commands" };

    private const string InvalidCharacters = "?[]/\\=+<>:;',*~";
    private const string UnsafeCharacters = "|&$`\"'()#!{}^%";

    /// <summary>Says why the protocol does not allow a name.</summary>
    /// <param name="name">A file name without any path.</param>
    /// <returns>The reason as the end of a sentence ("it ..."), or null if the name is valid.</returns>
    public static string? WhyInvalid(string name)
    {
        if (string.IsNullOrWhiteSpace(name))
            return "it is empty";
        if (name is "." or "..")
            return "it names a folder";
        foreach (var c in name)
        {
            if (c is '\n' or '\0' || InvalidCharacters.IndexOf(c) >= 0)
                return $"it has the character {Describe(c)}, which Tentacle does not allow";
        }

        return Encoding.UTF8.GetByteCount(name) > TentacleLimits.MaxNameBytes
            ? $"it is longer than {TentacleLimits.MaxNameBytes} bytes"
            : null;
    }

    /// <summary>Says why a name is not to be sent to or asked of any server: it is invalid, or a stock server could trip over it.</summary>
    /// <param name="name">A file name without any path.</param>
    /// <returns>The reason as the end of a sentence ("it ..."), or null if the name is safe.</returns>
    public static string? UnsafeReason(string name)
    {
        if (WhyInvalid(name) is { } invalid)
            return invalid;
        if (char.IsWhiteSpace(name[0]) || char.IsWhiteSpace(name[name.Length - 1]))
            return "it begins or ends with white space";
        foreach (var c in name)
        {
            if (char.IsControl(c))
                return "it has a control character";
            if (c is '\uFFFD' || char.IsSurrogate(c) && !IsWellFormed(name))
                return "it is not valid UTF-8";
            if (UnsafeCharacters.IndexOf(c) >= 0)
                return $"it has the character {Describe(c)}, which is unsafe for some servers";
        }

        return null;
    }

    /// <summary>
    /// Says why a main server does not fetch a file of a name: it is unsafe, hidden, or an agents' folder's. A server that kept such files
    /// would keep them for ever, so it takes none (protocol.md, section 4).
    /// </summary>
    /// <param name="name">A file name without any path.</param>
    /// <returns>The reason as the end of a sentence ("it ..."), or null if it is fetched.</returns>
    public static string? WhyNotFetched(string name)
    {
        if (UnsafeReason(name) is { } reason)
            return reason;
        if (name[0] == '.')
            return "it is hidden: it begins with a dot";
        return IsAgentFolder(name) ? "it is the name of a folder for the agents' own files" : null;
    }

    /// <summary>True for the names of the folders that a storage directory has for the agents' own files.</summary>
    public static bool IsAgentFolder(string name) => AgentFolders.Contains(name);

    /// <summary>Throws if the name is not safe.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.BadName"/>.</exception>
    public static void RequireSafe(string name)
    {
        if (UnsafeReason(name) is { } reason)
            throw new TentacleException(TentacleErrorKind.BadName, $"The file name '{TentacleText.Show(name)}' cannot be used: {reason}.") { File = name };
    }

    private static bool IsWellFormed(string name)
    {
        for (var i = 0; i < name.Length; i++)
        {
            if (!char.IsSurrogate(name[i]))
                continue;
            if (i + 1 >= name.Length || !char.IsSurrogatePair(name[i], name[i + 1]))
                return false;
            i++;
        }

        return true;
    }

    private static string Describe(char c) => char.IsControl(c) ? $"U+{(int)c:X4}" : $"'{c}'";
}
