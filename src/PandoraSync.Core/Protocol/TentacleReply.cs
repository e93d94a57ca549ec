using System;
using System.Globalization;

namespace PandoraSync.Protocol;

/// <summary>One line from server to client: <c>VERB OK</c>, <c>VERB SIZE n</c> or <c>VERB ERR (reason)</c> (protocol.md, section 2).</summary>
internal sealed class TentacleReply
{
    private TentacleReply(TentacleVerb verb, long? size, string? reason)
    {
        Verb = verb;
        Size = size;
        Reason = reason;
    }

    /// <summary>The word of the command that is answered.</summary>
    public TentacleVerb Verb { get; }

    /// <summary>Announced content in bytes; null unless the reply is <c>SIZE</c>.</summary>
    public long? Size { get; }

    /// <summary>Why the server refused (it may be empty); null unless the reply is <c>ERR</c>.</summary>
    public string? Reason { get; }

    /// <summary>True for <c>OK</c>.</summary>
    public bool IsOk => Size is null && Reason is null;

    /// <summary>Consent.</summary>
    public static TentacleReply Ok(TentacleVerb verb) => new(verb, null, null);

    /// <summary>Announces content.</summary>
    public static TentacleReply OfSize(TentacleVerb verb, long size) => new(verb, size, null);

    /// <summary>Refusal.</summary>
    public static TentacleReply Error(TentacleVerb verb, string reason) => new(verb, null, reason);

    /// <summary>Reads a line (without its LF).</summary>
    /// <returns>Null if the line is no reply at all.</returns>
    public static TentacleReply? Parse(ArraySegment<byte> line)
    {
        TentacleText.TryDecode(line, out var text);
        var verb = TentacleText.TakeVerb(text, out var rest);
        if (verb is TentacleVerb.Unknown or TentacleVerb.Quit)
            return null;
        if (string.Equals(rest, "OK", StringComparison.Ordinal))
            return Ok(verb);
        if (rest.StartsWith("SIZE ", StringComparison.Ordinal) && TentacleText.TryParseSize(rest.Substring(5), out var size))
            return OfSize(verb, size);
        if (string.Equals(rest, "ERR", StringComparison.Ordinal))
            return Error(verb, string.Empty);
        return rest.StartsWith("ERR ", StringComparison.Ordinal)
            ? Error(verb, rest.Substring(4).Trim().TrimStart('(').TrimEnd(')', '\r'))
            : null;
    }

    /// <summary>The line with its LF, ready to be sent.</summary>
    public byte[] ToBytes() => TentacleText.Encode(ToLine() + "\n");

    /// <inheritdoc/>
    public override string ToString() => TentacleText.Show(ToLine());

    private string ToLine()
    {
        var word = TentacleText.Word(Verb);
        if (Size is { } size)
            return string.Format(CultureInfo.InvariantCulture, "{0} SIZE {1}", word, size);
        if (Reason is null)
            return $"{word} OK";
        return Reason.Length == 0 ? $"{word} ERR" : $"{word} ERR ({Reason})";
    }
}
