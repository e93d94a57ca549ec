using System;
using System.Globalization;
using System.Linq;

namespace PandoraSync.Protocol;

/// <summary>One line from client to server (protocol.md, section 2).</summary>
internal sealed class TentacleCommand
{
    private const string DigestMarker = " SHA256 ";
    private const int Sha256Digits = 64;
    private static readonly TentacleCommand UnknownCommand = new(TentacleVerb.Unknown);

    private TentacleCommand(TentacleVerb verb, string? name = null, long size = 0, bool isConfirmation = false, string? digest = null)
    {
        Verb = verb;
        Name = name ?? string.Empty;
        Size = size;
        IsConfirmation = isConfirmation;
        Digest = digest;
    }

    /// <summary>The command's word.</summary>
    public TentacleVerb Verb { get; }

    /// <summary>The name between the angle brackets; empty for <c>LS &lt;&gt;</c> and for commands without one.</summary>
    public string Name { get; }

    /// <summary>Announced content in bytes; 0 where none is.</summary>
    public long Size { get; }

    /// <summary>True for <c>RECV OK</c>, <c>ZRECV OK</c>, <c>LS OK</c> and <c>MV OK</c>: the client wants the announced content.</summary>
    public bool IsConfirmation { get; }

    /// <summary>The digest that PASS or DEL carries; null otherwise.</summary>
    public string? Digest { get; }

    /// <summary>A request for a file (<see cref="TentacleVerb.Recv"/>, <see cref="TentacleVerb.ZRecv"/>, <see cref="TentacleVerb.Mv"/>) or a listing.</summary>
    public static TentacleCommand Request(TentacleVerb verb, string name) => new(verb, name);

    /// <summary>An offer of content: <see cref="TentacleVerb.Send"/> or <see cref="TentacleVerb.ZSend"/>.</summary>
    public static TentacleCommand Offer(TentacleVerb verb, string name, long size) => new(verb, name, size);

    /// <summary>Asks for the content that the server announced.</summary>
    public static TentacleCommand Confirm(TentacleVerb verb) => new(verb, isConfirmation: true);

    /// <summary>Gives the password.</summary>
    public static TentacleCommand Pass(TentaclePassword password) => new(TentacleVerb.Pass, digest: password.Digest);

    /// <summary>Has a file deleted if its content is what the client has (protocol.md, section 9).</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="sha256">The content's SHA-256: 64 lower-case hexadecimal digits.</param>
    public static TentacleCommand Delete(string name, string sha256) => new(TentacleVerb.Del, name, digest: sha256);

    /// <summary>Ends the session.</summary>
    public static TentacleCommand Quit { get; } = new(TentacleVerb.Quit);

    /// <summary>Reads a line (without its LF).</summary>
    /// <returns>The command; <see cref="TentacleVerb.Unknown"/> for anything that is none, to be answered by closing (section 1).</returns>
    public static TentacleCommand Parse(ArraySegment<byte> line)
    {
        if (!TentacleText.TryDecode(line, out var text))
        {
            // A name that is not UTF-8 is still an invalid name and no reason to close: the replacement characters say so.
            text = text.Replace('\uFFFD', '\0');
        }

        var verb = TentacleText.TakeVerb(text, out var rest);
        return verb switch
        {
            TentacleVerb.Quit => rest.Length == 0 && text.Length == 4 ? Quit : UnknownCommand,
            TentacleVerb.Pass => new TentacleCommand(verb, digest: rest),
            TentacleVerb.Send or TentacleVerb.ZSend => ParseOffer(verb, rest),
            TentacleVerb.Del => ParseDelete(rest),
            TentacleVerb.Unknown => UnknownCommand,
            _ when string.Equals(rest, "OK", StringComparison.Ordinal) => Confirm(verb),
            _ => ParseRequest(verb, rest),
        };
    }

    /// <summary>The line with its LF, ready to be sent.</summary>
    public byte[] ToBytes() => TentacleText.Encode(ToLine() + "\n");

    /// <summary>The command for a log; a password's digest is never shown.</summary>
    public override string ToString() => Verb switch
    {
        TentacleVerb.Unknown => "unknown command",
        TentacleVerb.Pass => "PASS ***",
        _ => TentacleText.Show(ToLine()),
    };

    private string ToLine()
    {
        var word = TentacleText.Word(Verb);
        return Verb switch
        {
            TentacleVerb.Quit => word,
            TentacleVerb.Pass => $"{word} {Digest}",
            TentacleVerb.Del => $"{word} <{Name}>{DigestMarker}{Digest}",
            _ when IsConfirmation => $"{word} OK",
            TentacleVerb.Send or TentacleVerb.ZSend => string.Format(CultureInfo.InvariantCulture, "{0} <{1}> SIZE {2}", word, Name, Size),
            _ => $"{word} <{Name}>",
        };
    }

    private static TentacleCommand ParseRequest(TentacleVerb verb, string rest) =>
        rest.Length >= 2 && rest[0] == '<' && rest[rest.Length - 1] == '>'
            ? new TentacleCommand(verb, rest.Substring(1, rest.Length - 2))
            : UnknownCommand;

    private static TentacleCommand ParseDelete(string rest)
    {
        var at = rest.LastIndexOf('>' + DigestMarker, StringComparison.Ordinal);
        var digest = at < 0 ? string.Empty : rest.Substring(at + 1 + DigestMarker.Length);
        return at >= 1 && rest[0] == '<' && digest.Length == Sha256Digits && digest.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'))
            ? Delete(rest.Substring(1, at - 1), digest)
            : UnknownCommand;
    }

    private static TentacleCommand ParseOffer(TentacleVerb verb, string rest)
    {
        const string marker = "> SIZE ";
        var at = rest.LastIndexOf(marker, StringComparison.Ordinal);
        return at >= 1 && rest[0] == '<' && TentacleText.TryParseSize(rest.Substring(at + marker.Length), out var size)
            ? new TentacleCommand(verb, rest.Substring(1, at - 1), size)
            : UnknownCommand;
    }
}
