using System;
using System.Globalization;
using System.Text;

namespace PandoraSync.Protocol;

/// <summary>Bytes to text and back, as the protocol's lines need it: names are bytes, usually UTF-8 (protocol.md, section 4).</summary>
internal static class TentacleText
{
    /// <summary>Decodes UTF-8; false if the bytes are not UTF-8, and then the text shows them with replacement characters.</summary>
    public static bool TryDecode(ArraySegment<byte> bytes, out string text)
    {
        // An exception for each bad name of a long listing would cost a minute.
        text = Encoding.UTF8.GetString(bytes.Array!, bytes.Offset, bytes.Count);
        return text.IndexOf('\uFFFD') < 0 || IsSame(bytes, Encode(text));
    }

    public static byte[] Encode(string text) => Encoding.UTF8.GetBytes(text);

    public static string Word(TentacleVerb verb) => verb switch
    {
        TentacleVerb.Pass => "PASS",
        TentacleVerb.Send => "SEND",
        TentacleVerb.Recv => "RECV",
        TentacleVerb.ZSend => "ZSEND",
        TentacleVerb.ZRecv => "ZRECV",
        TentacleVerb.Ls => "LS",
        TentacleVerb.Mv => "MV",
        TentacleVerb.Quit => "QUIT",
        TentacleVerb.Del => "DEL",
        _ => throw new ArgumentOutOfRangeException(nameof(verb)),
    };

    /// <summary>Splits off the leading verb; the rest starts behind the space (empty for a lone verb).</summary>
    public static TentacleVerb TakeVerb(string line, out string rest)
    {
        var space = line.IndexOf(' ');
        rest = space < 0 ? string.Empty : line.Substring(space + 1);
        return (space < 0 ? line : line.Substring(0, space)) switch
        {
            "PASS" => TentacleVerb.Pass,
            "SEND" => TentacleVerb.Send,
            "RECV" => TentacleVerb.Recv,
            "ZSEND" => TentacleVerb.ZSend,
            "ZRECV" => TentacleVerb.ZRecv,
            "LS" => TentacleVerb.Ls,
            "MV" => TentacleVerb.Mv,
            "QUIT" => TentacleVerb.Quit,
            "DEL" => TentacleVerb.Del,
            _ => TentacleVerb.Unknown,
        };
    }

    /// <summary>Reads a size: decimal digits only, at most 18 of them, so that it always fits.</summary>
    public static bool TryParseSize(string text, out long size)
    {
        size = 0;
        return text.Length is > 0 and <= 18
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size);
    }

    /// <summary>Shows foreign text in an error: control characters escaped, at most 60 characters.</summary>
    public static string Show(string text)
    {
        var shown = new StringBuilder();
        foreach (var c in text.Length > 60 ? text.Substring(0, 60) : text)
            shown.Append(char.IsControl(c) ? string.Format(CultureInfo.InvariantCulture, "\\x{0:x2}", (int)c) : c.ToString());
        return shown.Append(text.Length > 60 ? "..." : string.Empty).ToString();
    }

    private static bool IsSame(ArraySegment<byte> bytes, byte[] others)
    {
        if (bytes.Count != others.Length)
            return false;
        for (var i = 0; i < others.Length; i++)
        {
            if (bytes.Array![bytes.Offset + i] != others[i])
                return false;
        }

        return true;
    }
}
