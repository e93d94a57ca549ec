using System;
using System.IO;
using PandoraSync.Files;
using PandoraSync.Sync.Staging;

namespace PandoraSync.Sync.Drain;

/// <summary>
/// Compares what is written to it with a file that is kept. At the first difference it starts to keep the new content too, when it was
/// told where: then both can be delivered (protocol.md, section 5).
/// </summary>
/// <param name="kept">The file; null if there is none, and all is new.</param>
/// <param name="openOther">Makes a file for new content; null to compare only.</param>
internal sealed class ComparingStream(FileStream? kept, Func<FileStream>? openOther = null) : WriteOnlyStream
{
    private readonly byte[] _buffer = BufferPool.Rent();
    private FileStream? _other;
    private long _written;
    private bool _differs;
    private bool _disposed;

    /// <summary>True if all that was written equals the beginning of the kept file.</summary>
    public bool IsSameSoFar => !_differs;

    /// <summary>True if the kept file is the beginning of what was written: the file grew after the first copy was made.</summary>
    public bool KeptIsBeginning { get; private set; } = true;

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (!_differs && !Matches(kept!, buffer, offset, count))
            Differ();
        _other?.Write(buffer, offset, count);
        _written += count;
    }

    /// <summary>From now on the new content is kept too, with the beginning that both have. To be called before anything is written where no file is kept.</summary>
    /// <exception cref="IOException">There is no place for it.</exception>
    public void Differ()
    {
        _differs = true;
        _other = openOther?.Invoke();
        if (_other is null || kept is null)
            return;
        kept.Position = 0;
        for (var left = _written; left > 0;)
        {
            var read = kept.Read(_buffer, 0, (int)Math.Min(_buffer.Length, left));
            _other.Write(_buffer, 0, read);
            left -= read;
        }
    }

    /// <summary>Ends the comparison: content that is shorter than the kept file differs too.</summary>
    /// <returns>The new content if it differs and was kept, the caller's from now on and not flushed.</returns>
    public FileStream? Complete()
    {
        if (!_differs && _written < kept!.Length)
        {
            KeptIsBeginning = false;
            Differ();
        }

        var other = _other;
        _other = null;
        return other;
    }

    /// <summary>Throws away new content that did not come to its end.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            BufferPool.Return(_buffer);
            StagingFolder.Discard(_other);
        }

        base.Dispose(disposing);
    }

    private bool Matches(FileStream kept, byte[] buffer, int offset, int count)
    {
        for (var done = 0; done < count;)
        {
            var read = kept.Read(_buffer, 0, Math.Min(_buffer.Length, count - done));
            for (var i = 0; i < read; i++)
            {
                if (_buffer[i] == buffer[offset + done + i])
                    continue;
                KeptIsBeginning = false;
                return false;
            }

            if (read == 0)
                return false;
            done += read;
        }

        return true;
    }
}
