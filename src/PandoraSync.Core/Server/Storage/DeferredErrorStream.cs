using System;
using System.IO;
using System.Runtime.ExceptionServices;
using PandoraSync.Files;

namespace PandoraSync.Server.Storage;

/// <summary>
/// Writes to a file and, after the first error, takes the rest without writing: what a client announced must be read to its end before
/// it can be told that the disk is full. What was written is given up at once.
/// </summary>
internal sealed class DeferredErrorStream(Stream inner) : WriteOnlyStream
{
    private ExceptionDispatchInfo? _error;

    public override long Length => inner.Length;

    public void ThrowIfFailed() => _error?.Throw();

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (_error is not null)
            return;
        try
        {
            inner.Write(buffer, offset, count);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _error = ExceptionDispatchInfo.Capture(e);
            GiveUp();
        }
    }

    /// <summary>The rest may be long in coming; meanwhile the part is of no use to anybody.</summary>
    private void GiveUp()
    {
        try
        {
            inner.SetLength(0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It goes when it is disposed.
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
