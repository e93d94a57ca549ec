using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Security;
using System.Text;
using Org.BouncyCastle.OpenSsl;

namespace PandoraSync.Certificates.Pem;

/// <summary>The characters of a SecureString, wiped when disposed.</summary>
internal sealed class Passphrase : IDisposable
{
    private readonly char[] _text;
    private readonly char[] _bytes;

    public Passphrase(SecureString secret)
    {
        _text = new char[secret.Length];
        var unmanaged = Marshal.SecureStringToGlobalAllocUnicode(secret);
        try
        {
            Marshal.Copy(unmanaged, _text, 0, _text.Length);
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(unmanaged);
        }

        // OpenSSL derives most keys from the bytes that were typed, UTF-8 as a rule; BouncyCastle takes the low byte of each character.
        var utf8 = Encoding.UTF8.GetBytes(_text);
        _bytes = utf8.Select(b => (char)b).ToArray();
        Array.Clear(utf8, 0, utf8.Length);
    }

    /// <summary>What a key may have been encrypted with, the likeliest first.</summary>
    public IEnumerable<IPasswordFinder> Candidates => _text.Length == _bytes.Length ? [new Finder(_text)] : [new Finder(_bytes), new Finder(_text)];

    /// <summary>The form that OpenSSL takes for new keys.</summary>
    public char[] AsTyped => _bytes;

    public void Dispose()
    {
        Array.Clear(_text, 0, _text.Length);
        Array.Clear(_bytes, 0, _bytes.Length);
    }

    private sealed class Finder(char[] characters) : IPasswordFinder
    {
        public char[] GetPassword() => (char[])characters.Clone();
    }
}
