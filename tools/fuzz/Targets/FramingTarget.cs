using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using PandoraSync.Client;
using PandoraSync.Protocol;

namespace PandoraSync.Fuzz.Targets;

/// <summary>What a server makes of a client's bytes: lines, commands and content, the same however the network cuts them.</summary>
internal static class FramingTarget
{
    // Content may be announced up to 10^18 bytes; an input never has that much.
    private const int LongestPiece = 4096;

    public static void Run(byte[] input)
    {
        var expected = Reference(input);
        foreach (var pieces in Pieces.WaysOf(input))
        {
            var conversation = new Conversation();
            foreach (var piece in pieces)
            {
                if (!conversation.Feed(piece))
                    break;
            }

            Promise.Same(expected, conversation.Transcript, "what is understood does not depend on how the bytes were cut");
        }
    }

    /// <summary>The same in the plainest way, with all bytes at hand.</summary>
    private static string Reference(byte[] input)
    {
        var transcript = new StringBuilder();
        var at = 0;
        while (true)
        {
            var lf = Array.IndexOf(input, (byte)'\n', at);
            var length = (lf < 0 ? input.Length : lf) - at;
            if (length >= TentacleLimits.MaxLineBytes)
                return transcript.Append("too long").ToString();
            if (lf < 0)
                return transcript.ToString();
            var command = TentacleCommand.Parse(new ArraySegment<byte>(input, at, length));
            Check(command, new ArraySegment<byte>(input, at, length));
            Note(transcript, command);
            at = lf + 1;
            var content = (int)Math.Min(command.Size, input.Length - at);
            transcript.Append(Encoding.ASCII.GetString(input, at, content));
            at += content;
        }
    }

    private static void Note(StringBuilder transcript, TentacleCommand command) => transcript.AppendFormat(
        CultureInfo.InvariantCulture, "{0}|{1}|{2}|{3}|{4}\n", command.Verb, command.Name, command.Size, command.IsConfirmation, command.Digest);

    private static void Check(TentacleCommand command, ArraySegment<byte> line)
    {
        Promise.Holds(command.Size is >= 0 and < 1_000_000_000_000_000_000, "a size is bounded");
        var shown = command.ToString();
        Promise.Holds(shown.Length <= 250 && !shown.Any(char.IsControl), "a log line is short and printable");
        if (command.Verb == TentacleVerb.Pass)
            Promise.Same("PASS ***", shown, "a digest is never shown");
        if (command.Verb == TentacleVerb.Unknown)
            return;
        var bytes = command.ToBytes();
        Promise.Holds(bytes.Length <= line.Count + 2 && Array.IndexOf(bytes, (byte)'\n') == bytes.Length - 1, "a command is one line");
        var again = TentacleCommand.Parse(new ArraySegment<byte>(bytes, 0, bytes.Length - 1));
        Promise.Holds(
            (again.Verb, again.Name, again.Size, again.IsConfirmation, again.Digest) == (command.Verb, command.Name, command.Size, command.IsConfirmation, command.Digest),
            "a command that is written and read again is the same");
        CheckName(command.Name);
    }

    private static void CheckName(string name)
    {
        if (FileNameRules.WhyInvalid(name) is not null)
        {
            Promise.Holds(FileNameRules.UnsafeReason(name) is not null, "an invalid name is not safe");
            return;
        }

        Promise.Holds(Encoding.UTF8.GetByteCount(name) <= TentacleLimits.MaxNameBytes && name.IndexOfAny(['/', '\\', '\0', '\n']) < 0, "a valid name is no path");
        Promise.Holds(string.Equals(Path.GetFileName(name), name, StringComparison.Ordinal) && name is not ("" or "." or ".."), "a valid name names a file in a folder");
        var next = AgentDataName.Next(name, 1);
        Promise.Holds(!string.Equals(next, name, StringComparison.Ordinal), "the next name is another one");
        if (AgentDataName.TryGetEpoch(name, out var epoch) && AgentDataName.TryGetEpoch(next, out var later))
            Promise.Holds(later == epoch + 1, "the next name counts on by one");
        if (FileNameRules.UnsafeReason(name) is null)
            Promise.Holds(FileNameRules.UnsafeReason(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(name))) is null && !name.Any(char.IsControl), "a safe name survives the wire");
    }

    /// <summary>The reading side of a server, without its answers.</summary>
    private sealed class Conversation
    {
        private readonly FrameBuffer _buffer = new();
        private readonly StringBuilder _transcript = new();
        private long _contentLeft;

        public string Transcript => _transcript.ToString();

        /// <summary>Takes bytes; false once the peer has broken the rules.</summary>
        public bool Feed(ArraySegment<byte> piece)
        {
            var free = _buffer.GetMemory(piece.Count);
            Promise.Holds(free.Count >= piece.Count, "there is as much free space as was asked for");
            Promise.Holds(free.Array!.Length <= 2 * (TentacleLimits.MaxLineBytes + LongestPiece), "the buffer is bounded");
            Buffer.BlockCopy(piece.Array!, piece.Offset, free.Array, free.Offset, piece.Count);
            _buffer.Advance(piece.Count);
            try
            {
                while (TakeContent() && _buffer.TryTakeLine(out var line))
                {
                    var command = TentacleCommand.Parse(line);
                    Note(_transcript, command);
                    _contentLeft = command.Size;
                }
            }
            catch (TentacleException e) when (e.Kind == TentacleErrorKind.Protocol)
            {
                _transcript.Append("too long");
                return false;
            }

            Promise.Holds(_buffer.Count < TentacleLimits.MaxLineBytes, "what waits is less than a line");
            return true;
        }

        /// <summary>Takes what there is of the content; true when it is complete.</summary>
        private bool TakeContent()
        {
            while (_contentLeft > 0 && _buffer.Count > 0)
            {
                var content = _buffer.TakeContent(_contentLeft);
                _transcript.Append(Encoding.ASCII.GetString(content.Array!, content.Offset, content.Count));
                _contentLeft -= content.Count;
            }

            return _contentLeft == 0;
        }
    }
}
