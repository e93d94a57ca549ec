using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace PandoraSync.Client;

/// <summary>
/// Passes content on and looks at its first bytes. A stock server that has taken a confirmation for a "no" says nothing of that content: the
/// first it says is the answer to a later question (protocol.md, section 10). Whatever begins like one may thus be none of the
/// file's own, however well the rest seems to fit, and is asked for alone.
/// </summary>
internal sealed class ContentBeginning(Stream destination) : Stream
{
    private static readonly IReadOnlyList<byte[]> Answers = [Encoding.ASCII.GetBytes("RECV "), Encoding.ASCII.GetBytes("MV ")];
    private readonly byte[] _head = new byte[Answers.Max(static a => a.Length)];
    private long _written;

    /// <summary>True if what was written begins like an answer, or is too short to tell.</summary>
    public bool MayBeAnswer => Answers.Any(a => _head.Take(Known).Take(a.Length).SequenceEqual(a.Take(Known)));

    private int Known => (int)Math.Min(_written, _head.Length);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _written;

    public override long Position
    {
        get => _written;
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (Known < _head.Length)
            Buffer.BlockCopy(buffer, offset, _head, Known, Math.Min(count, _head.Length - Known));
        destination.Write(buffer, offset, count);
        _written += count;
    }

    public override void Flush() => destination.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
