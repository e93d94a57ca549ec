using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using BcCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace PandoraSync.Certificates;

/// <summary>Certificates in words. All texts from certificates may come from a hostile peer, so they are shown escaped and bounded.</summary>
internal static class CertificateText
{
    private const int MostNames = 8;
    private const int MostCharacters = 120;

    public static string Subject(BcCertificate certificate) => Bounded(certificate.SubjectDN.ToString());

    public static string Issuer(BcCertificate certificate) => Bounded(certificate.IssuerDN.ToString());

    public static string Date(DateTime date) => date.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>Everything a person needs to recognise a certificate, as the end of "it presented".</summary>
    public static string Describe(BcCertificate certificate)
    {
        var (dns, addresses) = AlternativeNames(certificate);
        var names = dns.Concat(addresses.Select(a => a.ToString())).Take(MostNames + 1).Select(Bounded).ToList();
        var shown = names.Count == 0 ? "no alternative names" : "names " + string.Join(", ", names.Take(MostNames)) + (names.Count > MostNames ? ", ..." : string.Empty);
        return $"subject '{Subject(certificate)}', issuer '{Issuer(certificate)}', {shown}, valid {Date(certificate.NotBefore)} to {Date(certificate.NotAfter)}, key SHA-256 {KeyFingerprint(certificate)}";
    }

    /// <summary>SHA-256 over the SubjectPublicKeyInfo, in lower-case hex.</summary>
    public static string KeyFingerprint(BcCertificate certificate) => Sha256(certificate.CertificateStructure.SubjectPublicKeyInfo.GetEncoded());

    /// <summary>SHA-256 over the whole certificate, in lower-case hex.</summary>
    public static string Fingerprint(BcCertificate certificate) => Sha256(certificate.GetEncoded());

    /// <summary>The DNS names and addresses of the subject alternative name extension; both empty where there is none.</summary>
    public static (IReadOnlyList<string> Dns, IReadOnlyList<IPAddress> Addresses) AlternativeNames(BcCertificate certificate)
    {
        var dns = new List<string>();
        var addresses = new List<IPAddress>();
        if (certificate.GetExtensionValue(X509Extensions.SubjectAlternativeName) is not { } extension)
            return (dns, addresses);
        foreach (var name in GeneralNames.GetInstance(Asn1Object.FromByteArray(extension.GetOctets())).GetNames())
        {
            if (name.TagNo == GeneralName.DnsName)
                dns.Add(DerIA5String.GetInstance(name.Name).GetString());
            else if (name.TagNo == GeneralName.IPAddress && Asn1OctetString.GetInstance(name.Name).GetOctets() is { Length: 4 or 16 } bytes)
                addresses.Add(new IPAddress(bytes));
        }

        return (dns, addresses);
    }

    /// <summary>The last common name of the subject; null if it has none.</summary>
    public static string? CommonName(BcCertificate certificate) =>
        certificate.SubjectDN.GetValueList(X509Name.CN).LastOrDefault();

    /// <summary>Foreign text for a message: control characters escaped, at most 120 characters.</summary>
    public static string Bounded(string text)
    {
        var shown = new StringBuilder();
        foreach (var c in text.Length > MostCharacters ? text.Substring(0, MostCharacters) : text)
            shown.Append(char.IsControl(c) ? string.Format(CultureInfo.InvariantCulture, "\\x{0:x2}", (int)c) : c.ToString());
        return shown.Append(text.Length > MostCharacters ? "..." : string.Empty).ToString();
    }

    /// <summary>SHA-256 over some bytes, in lower-case hex.</summary>
    public static string Sha256(byte[] bytes)
    {
        using var sha = SHA256.Create();
        return string.Concat(sha.ComputeHash(bytes).Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));
    }
}
