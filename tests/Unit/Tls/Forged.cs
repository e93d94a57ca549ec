using System;
using System.Collections.Generic;
using System.Formats.Asn1;
using System.Linq;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PandoraSync.Tests.Tls;

/// <summary>Certificates that no honest program makes: keys of any size and kind, of which nobody has the private half.</summary>
internal static class Forged
{
    private const string RsaOid = "1.2.840.113549.1.1.1";
    private const string DsaOid = "1.2.840.10040.4.1";
    private const string DhOid = "1.2.840.10046.2.1";
    private const string EcOid = "1.2.840.10045.2.1";
    private const string UnknownOid = "1.3.6.1.4.1.99999.1";

    /// <summary>An RSA key whose modulus has no small factor, so that only a long test could tell what it is.</summary>
    public static PublicKey Rsa(int modulusBits, int exponentBits = 17) => Key(RsaOid, w => w.WriteNull(), w =>
    {
        using (w.PushSequence())
        {
            w.WriteInteger(Number(modulusBits));
            w.WriteInteger(Number(exponentBits));
        }
    });

    /// <summary>A key by the name that the tests give it.</summary>
    public static PublicKey ByName(string name) => name switch
    {
        "RSA modulus" => Rsa(8200),
        "RSA exponent" => Rsa(2048, exponentBits: 65),
        "DSA prime" => Dsa(4096, 256),
        "DSA order" => Dsa(2048, 512),
        "DSA value" => Dsa(2048, 256, valueBits: 9000),
        "DSA without parameters" => Key(DsaOid, w => w.WriteNull(), w => w.WriteInteger(Number(2048))),
        "DH" => Key(DhOid, w => Triple(w, 2048, 256), w => w.WriteInteger(Number(2000))),
        "EC of its own curve" => Key(EcOid, ExplicitCurve, value: null),
        "EC of no curve" => Key(EcOid, w => w.WriteNull(), value: null),
        "unknown" => Key(UnknownOid, w => w.WriteNull(), w => w.WriteNull()),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    /// <summary>A certificate.</summary>
    /// <param name="subject">Whose.</param>
    /// <param name="issuer">Who is said to have signed it.</param>
    /// <param name="key">The key in it.</param>
    /// <param name="signer">Whose key really signs it.</param>
    /// <param name="isAuthority">Whether it may sign others.</param>
    public static X509Certificate2 Certificate(string subject, X500DistinguishedName issuer, PublicKey key, RSA signer, bool isAuthority = true)
    {
        var request = new CertificateRequest(new X500DistinguishedName(subject), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, hasPathLengthConstraint: false, 0, critical: true));
        var now = DateTimeOffset.UtcNow;
        return request.Create(issuer, X509SignatureGenerator.CreateForRSA(signer, RSASignaturePadding.Pkcs1), now.AddDays(-1), now.AddDays(5), RandomNumberGenerator.GetBytes(8));
    }

    /// <summary>
    /// What a hostile peer shows: <c>evil.pem</c> and <c>evil.key</c>, and in <c>crowd.pem</c> many certificates that are all named like its issuer, with
    /// keys of as many bits as the platform's TLS lets pass.
    /// </summary>
    public static void HostileFiles(HandMade files, int candidates = 16, int bits = 16384)
    {
        using var signer = RSA.Create(2048);
        var crowd = Candidates("CN=crowd", candidates, bits, signer);
        using var leaf = Certificate("CN=127.0.0.1", new X500DistinguishedName("CN=crowd"), new PublicKey(signer), signer, isAuthority: false);
        files.Folder.Write("evil.pem", leaf.ExportCertificatePem());
        files.Folder.Write("evil.key", signer.ExportPkcs8PrivateKeyPem());
        files.Folder.Write("crowd.pem", string.Join('\n', crowd.Select(c => c.ExportCertificatePem())));
    }

    /// <summary>Certificates of one name, each with another key.</summary>
    public static IReadOnlyList<X509Certificate2> Candidates(string name, int count, int bits, RSA signer) =>
        [.. Enumerable.Range(0, count).Select(_ => Certificate(name, new X500DistinguishedName(name), Rsa(bits), signer))];

    private static PublicKey Dsa(int primeBits, int orderBits, int valueBits = 2000) =>
        Key(DsaOid, w => Triple(w, primeBits, orderBits), w => w.WriteInteger(Number(valueBits)));

    private static void Triple(AsnWriter writer, int firstBits, int secondBits)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(Number(firstBits));
            writer.WriteInteger(Number(secondBits));
            writer.WriteInteger(Number(firstBits - 10));
        }
    }

    /// <summary>P-256 written out, as a curve of one's own would be.</summary>
    private static void ExplicitCurve(AsnWriter writer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var curve = key.ExportExplicitParameters(includePrivateParameters: false).Curve;
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.10045.1.1");
                writer.WriteInteger(new BigInteger(curve.Prime, isUnsigned: true, isBigEndian: true));
            }

            using (writer.PushSequence())
            {
                writer.WriteOctetString(curve.A!);
                writer.WriteOctetString(curve.B!);
            }

            writer.WriteOctetString([4, .. curve.G.X!, .. curve.G.Y!]);
            writer.WriteInteger(new BigInteger(curve.Order, isUnsigned: true, isBigEndian: true));
            writer.WriteInteger(1);
        }
    }

    private static PublicKey Key(string oid, Action<AsnWriter> parameters, Action<AsnWriter>? value) =>
        new(new Oid(oid), new AsnEncodedData(Encode(parameters)), new AsnEncodedData(value is null ? [4, .. new byte[64]] : Encode(value)));

    private static byte[] Encode(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        write(writer);
        return writer.Encode();
    }

    private static BigInteger Number(int bits)
    {
        while (true)
        {
            var number = new BigInteger(RandomNumberGenerator.GetBytes((bits + 7) / 8), isUnsigned: true, isBigEndian: true);
            number = (number & ((BigInteger.One << bits) - 1)) | (BigInteger.One << (bits - 1)) | BigInteger.One;
            if (bits < 64 || Enumerable.Range(3, 1000).All(p => !(number % p).IsZero))
                return number;
        }
    }
}
