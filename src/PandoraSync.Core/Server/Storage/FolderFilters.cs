using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using PandoraSync.Files;
using PandoraSync.Protocol;

namespace PandoraSync.Server.Storage;

/// <summary>Which names are kept in which folder of the storage directory (protocol.md, section 3). The first pattern that matches wins.</summary>
internal sealed class FolderFilters
{
    private readonly (Regex Pattern, string Folder)[] _filters;

    private FolderFilters((Regex Pattern, string Folder)[] filters) => _filters = filters;

    /// <summary>No filters: everything lies in the storage directory itself.</summary>
    public static FolderFilters None { get; } = new([]);

    /// <summary>The folders that files are filtered into.</summary>
    public IEnumerable<string> Folders => _filters.Select(f => f.Folder).Distinct(StringComparer.Ordinal);

    /// <summary>Reads <c>pattern:folder;pattern:folder...</c>.</summary>
    /// <param name="text">The filters; empty for none.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: a part that is no filter, a wrong pattern or folder.</exception>
    public static FolderFilters Parse(string text) =>
        new(text.Split([';'], StringSplitOptions.RemoveEmptyEntries).Select(ParseOne).ToArray());

    /// <summary>The folder, relative to the storage directory, for a name; empty for the storage directory itself.</summary>
    /// <param name="name">A valid file name.</param>
    /// <exception cref="RegexMatchTimeoutException">A pattern needs too long for this name.</exception>
    public string FolderOf(string name)
    {
        foreach (var (pattern, folder) in _filters)
        {
            if (pattern.IsMatch(name))
                return folder;
        }

        return string.Empty;
    }

    private static (Regex Pattern, string Folder) ParseOne(string part)
    {
        var colon = part.LastIndexOf(':');
        if (colon <= 0 || colon == part.Length - 1)
            throw Wrong(part, "write pattern:folder");
        var folder = part.Substring(colon + 1).Trim();
        if (!PathRules.IsPossible(folder) || Path.IsPathRooted(folder) || folder.Split('/', '\\').Any(p => p is "" or "." or ".." || BufferStorage.IsOwn(p)))
            throw Wrong(part, $"the folder '{TentacleText.Show(folder)}' must be a relative path inside the storage directory");
        try
        {
            return (PerlPattern.Compile(part.Substring(0, colon)), folder);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw Wrong(part, $"the pattern is not one that can be followed ({e.Message.TrimEnd('.')})");
        }
    }

    private static TentacleException Wrong(string part, string why) =>
        new(TentacleErrorKind.Configuration, $"The filter '{part}' cannot be used: {why}.");
}
