using System;
using System.Globalization;
using System.Linq;
using PandoraSync.Protocol;
using BcCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace PandoraSync.Certificates.Trust;

/// <summary>
/// The SHA-256 fingerprint that a peer must have: of its public key (SubjectPublicKeyInfo), which renewal with the same key keeps,
/// or of its whole certificate, which is what <c>openssl x509 -fingerprint -sha256</c> and browsers show.
/// </summary>
public sealed class CertificatePin
{
    private const int Sha256Bytes = 32;
    private const string CurlPrefix = "sha256//";

    private CertificatePin(string hex) => Fingerprint = hex;

    /// <summary>The fingerprint: 64 lower-case hex digits.</summary>
    public string Fingerprint { get; }

    /// <summary>Reads 64 hex digits, with or without colons or spaces in between and <c>sha256:</c> before them, or base64 as <c>sha256//...</c>.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: it is no SHA-256 fingerprint.</exception>
    public static CertificatePin Parse(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.StartsWith(CurlPrefix, StringComparison.OrdinalIgnoreCase))
            return new CertificatePin(FromBase64(trimmed.Substring(CurlPrefix.Length), text));
        foreach (var prefix in new[] { "sha256 fingerprint=", "sha256:", "sha256=" })
        {
            if (trimmed.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                trimmed = trimmed.Substring(prefix.Length);
        }

        var digits = new string(trimmed.Where(c => c is not (':' or ' ' or '-')).Select(char.ToLowerInvariant).ToArray());
        return digits.Length == 2 * Sha256Bytes && digits.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'))
            ? new CertificatePin(digits)
            : throw Wrong(text);
    }

    /// <summary>The fingerprint.</summary>
    public override string ToString() => Fingerprint;

    internal bool Matches(BcCertificate certificate) =>
        string.Equals(Fingerprint, CertificateText.KeyFingerprint(certificate), StringComparison.Ordinal)
        || string.Equals(Fingerprint, CertificateText.Fingerprint(certificate), StringComparison.Ordinal);

    private static string FromBase64(string base64, string whole)
    {
        try
        {
            var bytes = Convert.FromBase64String(base64);
            return bytes.Length == Sha256Bytes ? string.Concat(bytes.Select(b => b.ToString("x2", CultureInfo.InvariantCulture))) : throw Wrong(whole);
        }
        catch (FormatException)
        {
            throw Wrong(whole);
        }
    }

    private static TentacleException Wrong(string text) =>
        new(TentacleErrorKind.Configuration, $"'{TentacleText.Show(text)}' is not a SHA-256 fingerprint: give the 64 hex digits of the certificate's or its key's.");
}
