using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using PandoraSync.Protocol;

namespace PandoraSync.Fuzz.Targets;

/// <summary>What a client makes of a server's bytes: the first line is a reply, and all of them are a listing.</summary>
internal static class RepliesTarget
{
    public static void Run(byte[] input)
    {
        var lf = Array.IndexOf(input, (byte)'\n');
        CheckReply(new ArraySegment<byte>(input, 0, lf < 0 ? input.Length : lf));
        CheckListing(input, lf + 1);
    }

    private static void CheckReply(ArraySegment<byte> line)
    {
        if (TentacleReply.Parse(line) is not { } reply)
            return;
        Promise.Holds(reply.Verb is not (TentacleVerb.Unknown or TentacleVerb.Quit), "a reply answers a command");
        Promise.Holds(reply.Size is null or (>= 0 and < 1_000_000_000_000_000_000), "a size is bounded");
        Promise.Holds(reply.IsOk == (reply.Size is null && reply.Reason is null) && (reply.Size is null || reply.Reason is null), "a reply is one of three");
        var shown = reply.ToString();
        Promise.Holds(shown.Length <= 250 && !shown.Any(char.IsControl), "a log line is short and printable");
        var bytes = reply.ToBytes();
        Promise.Holds(Array.IndexOf(bytes, (byte)'\n') == bytes.Length - 1, "a reply is one line");
        var again = TentacleReply.Parse(new ArraySegment<byte>(bytes, 0, bytes.Length - 1));
        Promise.Holds((again?.Verb, again?.Size, again?.Reason) == (reply.Verb, reply.Size, reply.Reason), "a reply that is written and read again is the same");
    }

    private static void CheckListing(byte[] input, int from)
    {
        var expected = Reference(input, from);
        foreach (var pieces in Pieces.WaysOf(input.Skip(from).ToArray()))
        {
            var parser = new ListingParser();
            var read = Promise.OrRefusal(() => Read(parser, pieces), TentacleErrorKind.Protocol);
            Promise.Holds((read is null) == (expected is null), "a listing is refused for a line that is too long, and for nothing else");
            if (read is not null && expected is not null)
                Promise.Holds(read.SequenceEqual(expected), "the names do not depend on how the bytes were cut");
            Promise.Holds(parser.Names.Sum(n => n.Name.Length) <= input.Length, "the names are no longer than the listing");
        }
    }

    private static IReadOnlyList<ListedName> Read(ListingParser parser, IEnumerable<ArraySegment<byte>> pieces)
    {
        foreach (var piece in pieces)
            parser.Feed(piece);
        return parser.Complete();
    }

    /// <summary>The same in the plainest way, with all bytes at hand; null if a line is too long.</summary>
    private static List<ListedName>? Reference(byte[] input, int from)
    {
        var names = new List<ListedName>();
        while (from <= input.Length)
        {
            var lf = Array.IndexOf(input, (byte)'\n', from);
            var end = lf < 0 ? input.Length : lf;
            if (end - from > TentacleLimits.MaxLineBytes)
                return null;
            var name = Encoding.UTF8.GetString(input, from, end - from);
            if (name is not ("" or "." or ".."))
                names.Add(Check(name, input.Skip(from).Take(end - from).ToArray()));
            from = end + 1;
        }

        return names;
    }

    /// <summary>A name that is safe is the very bytes that the server sent, and no path.</summary>
    private static ListedName Check(string name, byte[] bytes)
    {
        if (!Encoding.UTF8.GetBytes(name).SequenceEqual(bytes))
            return new ListedName(name, "it is not valid UTF-8");
        var why = FileNameRules.UnsafeReason(name);
        if (why is null)
            Promise.Holds(bytes.Length <= TentacleLimits.MaxNameBytes && !name.Any(c => char.IsControl(c) || c is '/' or '\\' or '|' or '$' or '`'), "a safe name is harmless");
        return new ListedName(name, why);
    }
}
