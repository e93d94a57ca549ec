using System;
using System.IO;
using System.Security.Cryptography;
using System.Text;

namespace PandoraSync.Files;

/// <summary>The SHA-256 of content that comes piece by piece, as 64 lower-case hexadecimal digits. It is used again for one content after the other.</summary>
internal sealed class ContentHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The digest of a stream from its position to its end.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string Of(Stream content)
    {
        using var hash = new ContentHash();
        var buffer = BufferPool.Rent();
        try
        {
            for (int count; (count = content.Read(buffer, 0, buffer.Length)) > 0;)
                hash.Add(new ArraySegment<byte>(buffer, 0, count));
            return hash.Complete();
        }
        finally
        {
            BufferPool.Return(buffer);
        }
    }

    /// <summary>Adds the next piece.</summary>
    public void Add(ArraySegment<byte> piece) => _hash.AppendData(piece.Array!, piece.Offset, piece.Count);

    /// <summary>Ends a content and begins the next.</summary>
    public string Complete()
    {
        const string digits = "0123456789abcdef";
        var text = new StringBuilder(64);
        foreach (var b in _hash.GetHashAndReset())
            text.Append(digits[b >> 4]).Append(digits[b & 15]);
        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
