using System;

namespace PandoraSync.Protocol;

/// <summary>One line of a listing.</summary>
/// <param name="Name">The name as text; bytes that are not UTF-8 show as replacement characters.</param>
/// <param name="UnsafeReason">Why it must not be asked for, as the end of a sentence ("it ..."); null if it is safe.</param>
public sealed record ListedName(string Name, string? UnsafeReason)
{
    /// <summary>Reads a line.</summary>
    internal static ListedName Read(ArraySegment<byte> line)
    {
        var isText = TentacleText.TryDecode(line, out var name);
        return new ListedName(name, isText ? FileNameRules.UnsafeReason(name) : "it is not valid UTF-8");
    }
}
