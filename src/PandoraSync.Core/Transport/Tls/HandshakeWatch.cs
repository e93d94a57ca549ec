using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace PandoraSync.Transport.Tls;

/// <summary>
/// Lies between the socket and SslStream and remembers what SslStream does not tell: how the peer began, what alert it sent, and
/// whether the connection ended below TLS, that is, without close_notify.
/// </summary>
internal sealed class HandshakeWatch(Stream inner) : Stream
{
    private const int HeadBytes = 64;
    private const int RecordHeaderBytes = 5;
    private const byte AlertRecord = 21;

    private readonly byte[] _head = new byte[HeadBytes];
    private readonly byte[] _record = new byte[RecordHeaderBytes + 2];
    private int _headCount;
    private int _recordBytes;
    private int _skip;

    /// <summary>Bytes that came from the peer.</summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>True once the peer's side of the connection has ended.</summary>
    public bool SawEnd { get; private set; }

    /// <summary>The number of an alert that came unencrypted; null if none did.</summary>
    public int? Alert { get; private set; }

    /// <summary>True once the handshake is over; records are not looked into any more.</summary>
    public bool IsDone { get; set; }

    /// <summary>False if what came cannot be the beginning of TLS.</summary>
    public bool LooksLikeTls => ReceivedBytes == 0 || (_head[0] is >= 20 and <= 24 && (ReceivedBytes < 2 || _head[1] == 3));

    /// <summary>The first word of what the peer said in plain text; empty if it was not text. Only the word: a password may follow it.</summary>
    public string FirstWord
    {
        get
        {
            var text = Encoding.ASCII.GetString(_head, 0, (int)Math.Min(ReceivedBytes, HeadBytes));
            var word = new string(text.TakeWhile(c => c is > ' ' and < (char)127).Take(16).ToArray());
            return word.Length > 1 ? word : string.Empty;
        }
    }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        var read = await inner.ReadAsync(buffer, offset, count, cancellationToken).ConfigureAwait(false);
        Note(buffer, offset, read, count);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = inner.Read(buffer, offset, count);
        Note(buffer, offset, read, count);
        return read;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private void Note(byte[] buffer, int offset, int read, int wanted)
    {
        SawEnd |= read == 0 && wanted > 0;
        if (!IsDone)
        {
            for (var i = offset; i < offset + read; i++)
                Note(buffer[i]);
        }

        ReceivedBytes += read;
    }

    /// <summary>Follows the records by their headers, and keeps the two bytes of a plain alert.</summary>
    private void Note(byte b)
    {
        if (_headCount < HeadBytes)
            _head[_headCount++] = b;
        if (_skip > 0)
        {
            _skip--;
            return;
        }

        _record[_recordBytes++] = b;
        if (_recordBytes < RecordHeaderBytes)
            return;
        var length = (_record[3] << 8) | _record[4];
        var isPlainAlert = _record[0] == AlertRecord && length == 2;
        if (isPlainAlert && _recordBytes < _record.Length)
            return;
        if (isPlainAlert)
            Alert = _record[6];
        else
            _skip = length;
        _recordBytes = 0;
    }
}
