using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace PandoraSync.TestSupport;

/// <summary>The stock server's storage directory and its filters (protocol.md, section 3).</summary>
internal sealed class StockStorage
{
    private const string InvalidCharacters = "?[]/\\=+<>:;',*~";
    private readonly List<(Regex Pattern, string Folder)> _filters = [];

    public StockStorage(string folder, StockServerOptions options)
    {
        Folder = folder;
        foreach (var filter in options.Filters.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = filter.LastIndexOf(':');
            _filters.Add((new Regex(filter[..colon], RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5)), filter[(colon + 1)..]));
        }
    }

    public string Folder { get; }

    public static bool IsInvalid(string name) => name.AsSpan().ContainsAny(InvalidCharacters);

    /// <summary>The folder for a name: that of the first filter that matches, or the storage directory itself.</summary>
    public string FolderOf(string name) =>
        _filters.FirstOrDefault(f => f.Pattern.IsMatch(name)).Folder is { } folder ? Path.Combine(Folder, folder) : Folder;

    /// <summary>The path for a name; null if no file can have that name.</summary>
    public string? PathOf(string name) =>
        string.IsNullOrWhiteSpace(name) || name is "." or ".." || name.Contains('\0', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(name) > 255
            ? null
            : Path.Combine(FolderOf(name), name);

    /// <summary>A plain directory read: everything that is there, in no order.</summary>
    public byte[]? List(string name)
    {
        var folder = name.Length == 0 ? Folder : FolderOf(name);
        if (!Directory.Exists(folder))
            return null;
        var entries = Directory.EnumerateFileSystemEntries(folder).Select(p => Path.GetFileName(p)).Where(n => !IsInvalid(n));
        var shuffled = entries.Concat([".", ".."]).OrderBy(Mix);
        return Encoding.UTF8.GetBytes(string.Concat(shuffled.Select(n => n + "\n")));
    }

    /// <summary>An order that is nobody's order and still the same in each run.</summary>
    private static uint Mix(string name)
    {
        var mixed = 2166136261;
        foreach (var c in name)
            mixed = (mixed ^ c) * 16777619;
        return mixed;
    }
}
