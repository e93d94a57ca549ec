using System;

namespace PandoraSync.Protocol;

/// <summary>
/// Cuts the bytes of one direction into lines and content. It is fed bytes and gives values; it neither reads nor waits.
/// Lines are bounded: a peer that sends no LF within <see cref="TentacleLimits.MaxLineBytes"/> is not speaking Tentacle (protocol.md, section 1).
/// </summary>
internal sealed class FrameBuffer
{
    private byte[] _data;
    private int _start;
    private int _end;

    /// <summary>Makes an empty buffer.</summary>
    /// <param name="initialBytes">Bytes set aside at first; it grows when more is asked for.</param>
    public FrameBuffer(int initialBytes = TentacleLimits.MaxLineBytes) => _data = new byte[initialBytes];

    /// <summary>Bytes received and not taken yet.</summary>
    public int Count => _end - _start;

    /// <summary>True if a whole line is there.</summary>
    public bool HasLine => Array.IndexOf(_data, (byte)'\n', _start, Math.Min(Count, TentacleLimits.MaxLineBytes)) >= 0;

    /// <summary>Gives free space to receive into; tell <see cref="Advance"/> how much of it was used.</summary>
    /// <param name="wantedBytes">Least space wanted.</param>
    public ArraySegment<byte> GetMemory(int wantedBytes)
    {
        if (_start == _end)
            _start = _end = 0;
        if (_data.Length - _end < wantedBytes)
            MakeRoom(wantedBytes);
        return new ArraySegment<byte>(_data, _end, _data.Length - _end);
    }

    /// <summary>Says how many bytes were put into the space that <see cref="GetMemory"/> gave.</summary>
    /// <param name="bytes">Number of bytes.</param>
    public void Advance(int bytes)
    {
        if (bytes < 0 || bytes > _data.Length - _end)
            throw new ArgumentOutOfRangeException(nameof(bytes));
        _end += bytes;
    }

    /// <summary>Takes one line without its LF.</summary>
    /// <param name="line">The line's bytes; valid until the next call of any method here.</param>
    /// <returns>False if the line is not complete yet.</returns>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Protocol"/>: no LF within the bound.</exception>
    public bool TryTakeLine(out ArraySegment<byte> line)
    {
        var look = Math.Min(Count, TentacleLimits.MaxLineBytes);
        var lf = Array.IndexOf(_data, (byte)'\n', _start, look);
        if (lf < 0)
        {
            line = default;
            if (look == TentacleLimits.MaxLineBytes)
                throw new TentacleException(TentacleErrorKind.Protocol, $"no line end within {TentacleLimits.MaxLineBytes} bytes");
            return false;
        }

        line = new ArraySegment<byte>(_data, _start, lf - _start);
        _start = lf + 1;
        return true;
    }

    /// <summary>Takes up to <paramref name="mostBytes"/> bytes of content; valid until the next call of any method here.</summary>
    /// <param name="mostBytes">Most to take.</param>
    public ArraySegment<byte> TakeContent(long mostBytes)
    {
        var taken = new ArraySegment<byte>(_data, _start, (int)Math.Min(Count, mostBytes));
        _start += taken.Count;
        return taken;
    }

    private void MakeRoom(int wantedBytes)
    {
        var target = Count + wantedBytes <= _data.Length ? _data : new byte[Math.Max(_data.Length * 2, Count + wantedBytes)];
        Buffer.BlockCopy(_data, _start, target, 0, Count);
        (_data, _start, _end) = (target, 0, Count);
    }
}
