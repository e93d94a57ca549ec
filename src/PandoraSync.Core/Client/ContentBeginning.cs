using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using PandoraSync.Files;

namespace PandoraSync.Client;

/// <summary>
/// Passes content on and looks at its first bytes. A stock server that has taken a confirmation for a "no" says nothing of that content: the
/// first it says is the answer to a later question (protocol.md, section 10). Whatever begins like one may thus be none of the
/// file's own, however well the rest seems to fit, and is asked for alone.
/// </summary>
internal sealed class ContentBeginning(Stream destination) : WriteOnlyStream
{
    private static readonly IReadOnlyList<byte[]> Answers = [Encoding.ASCII.GetBytes("RECV "), Encoding.ASCII.GetBytes("MV ")];
    private readonly byte[] _head = new byte[Answers.Max(static a => a.Length)];
    private int _known;

    /// <summary>True if what was written begins like an answer, or is too short to tell.</summary>
    public bool MayBeAnswer => Answers.Any(a => _head.Take(_known).Take(a.Length).SequenceEqual(a.Take(_known)));

    public override void Write(byte[] buffer, int offset, int count)
    {
        var more = Math.Min(count, _head.Length - _known);
        Buffer.BlockCopy(buffer, offset, _head, _known, more);
        _known += more;
        destination.Write(buffer, offset, count);
    }
}
