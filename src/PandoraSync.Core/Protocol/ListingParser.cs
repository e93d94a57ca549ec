using System;
using System.Collections.Generic;

namespace PandoraSync.Protocol;

/// <summary>Turns the content of a listing into names, piece by piece, so that a listing of any length needs no second copy.</summary>
internal sealed class ListingParser
{
    private readonly List<ListedName> _names = [];
    private readonly Dictionary<string, string> _reasons = new(StringComparer.Ordinal);
    private readonly Action<ArraySegment<byte>> _take;
    private byte[] _partial = [];
    private int _count;

    /// <summary>Makes a parser that keeps the names.</summary>
    public ListingParser() => _take = Keep;

    /// <summary>Makes a parser that keeps nothing.</summary>
    /// <param name="take">Told each name as the bytes that came, which are good until it returns.</param>
    internal ListingParser(Action<ArraySegment<byte>> take) => _take = take;

    /// <summary>The names kept so far, without <c>.</c>, <c>..</c> and empty lines.</summary>
    public IReadOnlyList<ListedName> Names => _names;

    /// <summary>Takes the next bytes.</summary>
    /// <exception cref="TentacleException">
    /// <see cref="TentacleErrorKind.Protocol"/>: a line that is longer than a file name can be; <see cref="TentacleErrorKind.TooLarge"/>:
    /// more than <see cref="TentacleLimits.MaxListedNames"/> names.
    /// </exception>
    public void Feed(ArraySegment<byte> bytes)
    {
        var at = bytes.Offset;
        var end = bytes.Offset + bytes.Count;
        while (at < end)
        {
            var lf = Array.IndexOf(bytes.Array!, (byte)'\n', at, end - at);
            var stop = lf < 0 ? end : lf;
            var piece = Join(new ArraySegment<byte>(bytes.Array!, at, stop - at));
            if (lf < 0)
                _partial = Copy(piece);
            else
                Add(piece);
            at = stop + 1;
        }
    }

    /// <summary>Ends the listing; a last line without LF counts too.</summary>
    public IReadOnlyList<ListedName> Complete()
    {
        Add(new ArraySegment<byte>(_partial));
        return _names;
    }

    private ArraySegment<byte> Join(ArraySegment<byte> piece)
    {
        if (_partial.Length + piece.Count > TentacleLimits.MaxLineBytes)
            throw new TentacleException(TentacleErrorKind.Protocol, "the listing has a line that is longer than a file name can be");
        if (_partial.Length == 0)
            return piece;
        var joined = new byte[_partial.Length + piece.Count];
        Buffer.BlockCopy(_partial, 0, joined, 0, _partial.Length);
        Buffer.BlockCopy(piece.Array!, piece.Offset, joined, _partial.Length, piece.Count);
        _partial = [];
        return new ArraySegment<byte>(joined);
    }

    private void Add(ArraySegment<byte> line)
    {
        if (IsDots(line))
            return;
        if (_count == TentacleLimits.MaxListedNames)
            throw new TentacleException(TentacleErrorKind.TooLarge, $"the listing has more than {TentacleLimits.MaxListedNames} names");
        _count++;
        _take(line);
    }

    private void Keep(ArraySegment<byte> line)
    {
        var listed = ListedName.Read(line);
        _names.Add(listed.UnsafeReason is { } reason ? listed with { UnsafeReason = Share(reason) } : listed);
    }

    /// <summary>True for an empty line, <c>.</c> and <c>..</c>.</summary>
    private static bool IsDots(ArraySegment<byte> line) =>
        line.Count == 0 || (line.Count <= 2 && line.Array![line.Offset] == (byte)'.' && line.Array[line.Offset + line.Count - 1] == (byte)'.');

    /// <summary>Of each reason one copy, for names come by the million.</summary>
    private string Share(string reason)
    {
        if (_reasons.TryGetValue(reason, out var same))
            return same;
        return _reasons[reason] = reason;
    }

    private static byte[] Copy(ArraySegment<byte> bytes)
    {
        var copy = new byte[bytes.Count];
        Buffer.BlockCopy(bytes.Array!, bytes.Offset, copy, 0, bytes.Count);
        return copy;
    }
}
