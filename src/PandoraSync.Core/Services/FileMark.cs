using System;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace PandoraSync.Services;

/// <summary>
/// The line that tells a file of ours from one that somebody wrote or edited: it has the hash of all other lines. A file is replaced or removed only while
/// the two agree.
/// </summary>
internal static class FileMark
{
    private static readonly Regex Line = new(@"^.*Made by Register-PandoraSyncService, hash (?<hash>[0-9a-f]{32})[^\n]*\n", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    /// <summary>Puts the mark before the first line that begins with a text.</summary>
    /// <param name="text">Lines, each ended by a line feed.</param>
    /// <param name="before">What that line begins with.</param>
    /// <param name="open">What begins a comment.</param>
    /// <param name="close">What ends it.</param>
    public static string Add(string text, string before, string open = "# ", string close = "")
    {
        var at = text.IndexOf(before, StringComparison.Ordinal);
        return $"{text.Substring(0, at)}{open}Made by Register-PandoraSyncService, hash {HashOf(text)}: once edited, it is left alone by it. A drop-in (systemctl edit) is no edit.{close}\n{text.Substring(at)}";
    }

    /// <summary>True if a file is ours and nobody has edited it; false if somebody has; null if it is not ours.</summary>
    public static bool? IsUntouched(string text)
    {
        var mark = Line.Match(text);
        return mark.Success ? string.Equals(mark.Groups["hash"].Value, HashOf(text.Remove(mark.Index, mark.Length)), StringComparison.Ordinal) : null;
    }

    private static string HashOf(string text)
    {
        using var sha = SHA256.Create();
        return string.Concat(sha.ComputeHash(Encoding.UTF8.GetBytes(text)).Take(16).Select(b => b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
    }
}
