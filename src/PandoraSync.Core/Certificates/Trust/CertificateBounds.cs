using System;
using System.Linq;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.EdEC;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Asn1.X9;
using BcCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace PandoraSync.Certificates.Trust;

/// <summary>
/// What a foreign certificate may ask of this machine, read from its ASN.1 alone. BouncyCastle tests a key when it builds it (for an
/// RSA modulus of 16,384 bits several seconds) and nothing can stop it then, so no key is built that has not passed here.
/// </summary>
internal static class CertificateBounds
{
    private const int MaxBytes = 16 * 1024;
    private const int MaxNameParts = 32;
    private const int MaxRsaModulusBits = 8192;
    private const int MaxRsaExponentBits = 64;
    private const int MaxDsaBits = 3072;
    private const int MaxDsaOrderBits = 256;

    /// <summary>What is beyond the bounds, as the end of a sentence that begins with the certificate; null if nothing is.</summary>
    public static string? WhyRefused(BcCertificate certificate)
    {
        if (certificate.GetEncoded().Length is > MaxBytes and var bytes)
            return $"has {bytes} bytes, and at most {MaxBytes} are read";

        // Names are compared without regard to the order of their parts, which takes the square of their number.
        if (Math.Max(PartsOf(certificate.SubjectDN), PartsOf(certificate.IssuerDN)) is > MaxNameParts and var parts)
            return $"has a name of {parts} parts, and at most {MaxNameParts} are read";
        try
        {
            return WhyRefused(certificate.CertificateStructure.SubjectPublicKeyInfo);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Foreign bytes, read by a library that throws what it likes.
            return "has a key that cannot be read";
        }
    }

    /// <summary>Bits of the modulus of an RSA key; null for any other key.</summary>
    public static int? RsaBits(BcCertificate certificate)
    {
        var key = certificate.CertificateStructure.SubjectPublicKeyInfo;
        return IsRsa(key.Algorithm.Algorithm) ? RsaPublicKeyStructure.GetInstance(key.ParsePublicKey()).Modulus.BitLength : null;
    }

    private static string? WhyRefused(SubjectPublicKeyInfo key)
    {
        var kind = key.Algorithm.Algorithm;
        if (IsRsa(kind))
            return WhyRefused(RsaPublicKeyStructure.GetInstance(key.ParsePublicKey()));
        if (kind.Equals(X9ObjectIdentifiers.IdECPublicKey))
            return key.Algorithm.Parameters is DerObjectIdentifier curve && ECNamedCurveTable.GetByOidLazy(curve) is not null ? null : "has an EC key that does not name a known curve";
        if (kind.Equals(X9ObjectIdentifiers.IdDsa))
            return WhyDsaRefused(key);

        // These have one size.
        return kind.Equals(EdECObjectIdentifiers.id_Ed25519) || kind.Equals(EdECObjectIdentifiers.id_Ed448) ? null : $"has a key of a kind that is not read ({CertificateText.Bounded(kind.Id)})";
    }

    private static string? WhyRefused(RsaPublicKeyStructure key)
    {
        var (modulus, exponent) = (key.Modulus.BitLength, key.PublicExponent.BitLength);
        return modulus <= MaxRsaModulusBits && exponent <= MaxRsaExponentBits
            ? null
            : $"has an RSA key with a modulus of {modulus} bits and an exponent of {exponent}, and at most {MaxRsaModulusBits} and {MaxRsaExponentBits} are read";
    }

    private static string? WhyDsaRefused(SubjectPublicKeyInfo key)
    {
        if (key.Algorithm.Parameters is not Asn1Sequence parameters)
            return "has a DSA key without parameters";
        var dsa = DsaParameter.GetInstance(parameters);
        var bits = new[] { dsa.P, dsa.G, DerInteger.GetInstance(key.ParsePublicKey()).Value }.Max(n => n.BitLength);
        return bits <= MaxDsaBits && dsa.Q.BitLength <= MaxDsaOrderBits
            ? null
            : $"has a DSA key of {bits} bits with an order of {dsa.Q.BitLength}, and at most {MaxDsaBits} and {MaxDsaOrderBits} are read";
    }

    private static bool IsRsa(DerObjectIdentifier kind) => kind.Equals(PkcsObjectIdentifiers.RsaEncryption) || kind.Equals(PkcsObjectIdentifiers.IdRsassaPss);

    private static int PartsOf(X509Name name) => name.GetOidList().Count;
}
