using System;
using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;
using System.Text;

namespace PandoraSync.Protocol;

/// <summary>A server's password, kept only as the digest that PASS carries: the lower-case MD5 of the 16 raw bytes of the password's MD5 (protocol.md, section 2).</summary>
public sealed class TentaclePassword : IEquatable<TentaclePassword>
{
    private TentaclePassword(string digest) => Digest = digest;

    internal string Digest { get; }

    /// <summary>From plain text, as a configuration file has it.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: the password is empty.</exception>
    public static TentaclePassword FromText(string password)
    {
        if (password.Length == 0)
            throw new TentacleException(TentacleErrorKind.Configuration, "The password is empty; give one, or leave the password out where the server has none.");
        using var md5 = MD5.Create();
        var twice = md5.ComputeHash(md5.ComputeHash(Encoding.UTF8.GetBytes(password)));
        return new TentaclePassword(ToHex(twice));
    }

    /// <summary>From a SecureString, as a PSCredential has it.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: the password is empty.</exception>
    public static TentaclePassword FromSecureString(SecureString password)
    {
        var unmanaged = Marshal.SecureStringToGlobalAllocUnicode(password);
        try
        {
            return FromText(Marshal.PtrToStringUni(unmanaged) ?? string.Empty);
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(unmanaged);
        }
    }

    /// <summary>Compares with what a client sent, in a time that does not depend on where they differ.</summary>
    /// <param name="digest">The digest from PASS.</param>
    public bool Matches(string? digest)
    {
        var given = digest ?? string.Empty;
        var difference = given.Length ^ Digest.Length;
        for (var i = 0; i < Digest.Length; i++)
            difference |= Digest[i] ^ (given.Length == 0 ? '\0' : given[i % given.Length]);
        return difference == 0;
    }

    /// <summary>True for the same password, so that options compare by what they say.</summary>
    public bool Equals(TentaclePassword? other) => other is not null && Matches(other.Digest);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TentaclePassword);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Digest);

    /// <summary>Never the password.</summary>
    public override string ToString() => "***";

    private static string ToHex(byte[] bytes)
    {
        const string digits = "0123456789abcdef";
        var text = new char[bytes.Length * 2];
        for (var i = 0; i < bytes.Length; i++)
            (text[2 * i], text[(2 * i) + 1]) = (digits[bytes[i] >> 4], digits[bytes[i] & 15]);
        return new string(text);
    }
}
