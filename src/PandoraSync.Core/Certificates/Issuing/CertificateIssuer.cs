using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;
using Org.BouncyCastle.X509.Extension;
using PandoraSync.Protocol;
using BcCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace PandoraSync.Certificates.Issuing;

/// <summary>Makes authorities and the certificates of servers and clients, as stock programs and <c>openssl verify</c> accept them.</summary>
internal static class CertificateIssuer
{
    private const int SerialBytes = 16;
    private const int RsaCertainty = 112;

    // Clocks in isolated networks drift; a certificate made now must be good on the other side at once.
    private static readonly TimeSpan Backdated = TimeSpan.FromMinutes(10);

    /// <summary>Makes an authority that signs the certificates of servers and clients and nothing else (path length 0).</summary>
    /// <param name="order">What it should say; its role must be <see cref="CertificateRole.Authority"/>.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: another role.</exception>
    public static IssuedCertificate CreateAuthority(CertificateOrder order)
    {
        if (order.Role != CertificateRole.Authority)
            throw new TentacleException(TentacleErrorKind.Configuration, $"An authority was asked for with the role {order.Role}: order it with the role Authority.");
        var keys = NewKeys(order.KeyAlgorithm);
        return new IssuedCertificate(Sign(Name(order.CommonName), keys.Public, order.Role, names: null, order.Days, authority: null, keys.Private), keys.Private, []);
    }

    /// <summary>Issues a certificate with a new key.</summary>
    /// <param name="authority">Signs it.</param>
    /// <param name="order">What it should say.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Certificate"/>: the authority has expired or is none;
    /// <see cref="TentacleErrorKind.Configuration"/>: an authority is ordered.</exception>
    public static IssuedCertificate Issue(IssuedCertificate authority, CertificateOrder order)
    {
        if (order.Role == CertificateRole.Authority)
            throw new TentacleException(TentacleErrorKind.Configuration, "An authority made here signs no other authorities: make a new one of its own.");
        RequireAuthority(authority);
        var keys = NewKeys(order.KeyAlgorithm);
        var signed = Sign(Name(order.CommonName), keys.Public, order.Role, AlternativeNames(order.Names), order.Days, authority.Inner, authority.Key);
        return new IssuedCertificate(signed, keys.Private, [authority.Inner, .. authority.Chain]);
    }

    /// <summary>Issues a certificate anew with the same key, subject, names and role, so that pins stay valid and files can be exchanged one by one.</summary>
    /// <param name="old">The certificate, expired or not.</param>
    /// <param name="authority">Signs it; null to renew an authority, which signs itself.</param>
    /// <param name="days">Days that it is valid; null for the default of its role.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Certificate"/>: the authority has expired or is none, or the old one is no self-signed authority and none is given.</exception>
    public static IssuedCertificate Renew(IssuedCertificate old, IssuedCertificate? authority = null, int? days = null)
    {
        var role = RoleOf(old.Inner);
        var lifetime = CertificateOrder.RequireDays(days ?? (role == CertificateRole.Authority ? CertificateOrder.DefaultAuthorityDays : CertificateOrder.DefaultDays));
        var names = old.Inner.GetExtensionValue(X509Extensions.SubjectAlternativeName) is { } extension ? GeneralNames.GetInstance(Org.BouncyCastle.Asn1.Asn1Object.FromByteArray(extension.GetOctets())) : null;
        var publicKey = old.Inner.GetPublicKey();
        if (authority is not null)
        {
            RequireAuthority(authority);
            if (role == CertificateRole.Authority)
                throw CertificateError.General($"'{CertificateText.Subject(old.Inner)}' is an authority: it is renewed by itself, without another.");
            return new IssuedCertificate(Sign(old.Inner.SubjectDN, publicKey, role, names, lifetime, authority.Inner, authority.Key), old.Key, [authority.Inner, .. authority.Chain]);
        }

        if (role != CertificateRole.Authority || !IsSelfIssued(old.Inner))
            throw CertificateError.General($"'{CertificateText.Subject(old.Inner)}' is not a self-signed authority: give the authority that should sign it.");
        return new IssuedCertificate(Sign(old.Inner.SubjectDN, publicKey, role, names, lifetime, authority: null, old.Key), old.Key, []);
    }

    /// <summary>The subject that an order comes to.</summary>
    internal static string SubjectOf(CertificateOrder order) => Name(order.CommonName).ToString();

    internal static bool IsSelfIssued(BcCertificate certificate) => certificate.SubjectDN.Equivalent(certificate.IssuerDN);

    internal static CertificateRole RoleOf(BcCertificate certificate)
    {
        if (certificate.GetBasicConstraints() >= 0)
            return CertificateRole.Authority;
        if (certificate.GetExtendedKeyUsage() is not { } usages)
            return CertificateRole.ServerAndClient;
        return (usages.Contains(KeyPurposeID.id_kp_serverAuth) ? CertificateRole.Server : CertificateRole.None) | (usages.Contains(KeyPurposeID.id_kp_clientAuth) ? CertificateRole.Client : CertificateRole.None);
    }

    private static BcCertificate Sign(X509Name subject, AsymmetricKeyParameter publicKey, CertificateRole role, GeneralNames? names, int days, BcCertificate? authority, AsymmetricKeyParameter signingKey)
    {
        var now = DateTime.UtcNow;
        var end = now.AddDays(days);
        var generator = new X509V3CertificateGenerator();
        generator.SetSerialNumber(new BigInteger(1, SecureRandom.GetNextBytes(new SecureRandom(), SerialBytes)));
        generator.SetSubjectDN(subject);
        generator.SetIssuerDN(authority?.SubjectDN ?? subject);
        generator.SetNotBefore(now - Backdated);
        generator.SetNotAfter(authority is not null && authority.NotAfter.ToUniversalTime() < end ? authority.NotAfter.ToUniversalTime() : end);
        generator.SetPublicKey(publicKey);
        AddExtensions(generator, publicKey, role, names, authority?.GetPublicKey() ?? publicKey, authority);
        return generator.Generate(new Asn1SignatureFactory(signingKey is ECPrivateKeyParameters ? "SHA256WITHECDSA" : "SHA256WITHRSA", signingKey));
    }

    private static void AddExtensions(X509V3CertificateGenerator generator, AsymmetricKeyParameter publicKey, CertificateRole role, GeneralNames? names, AsymmetricKeyParameter issuerKey, BcCertificate? authority)
    {
        var isAuthority = role == CertificateRole.Authority;
        generator.AddExtension(X509Extensions.BasicConstraints, critical: true, isAuthority ? new BasicConstraints(pathLenConstraint: 0) : new BasicConstraints(cA: false));
        var leafUsage = KeyUsage.DigitalSignature | (publicKey is RsaKeyParameters ? KeyUsage.KeyEncipherment : 0);
        generator.AddExtension(X509Extensions.KeyUsage, critical: true, new KeyUsage(isAuthority ? KeyUsage.KeyCertSign | KeyUsage.CrlSign : leafUsage));
        generator.AddExtension(X509Extensions.SubjectKeyIdentifier, critical: false, X509ExtensionUtilities.CreateSubjectKeyIdentifier(publicKey));

        // Verifiers compare this with the identifier in the authority's certificate, which may have been made in another way than ours.
        var issuerId = authority?.GetExtensionValue(X509Extensions.SubjectKeyIdentifier) is { } own
            ? new AuthorityKeyIdentifier(SubjectKeyIdentifier.GetInstance(Org.BouncyCastle.Asn1.Asn1Object.FromByteArray(own.GetOctets())).GetKeyIdentifier())
            : X509ExtensionUtilities.CreateAuthorityKeyIdentifier(issuerKey);
        generator.AddExtension(X509Extensions.AuthorityKeyIdentifier, critical: false, issuerId);
        if (names is not null)
            generator.AddExtension(X509Extensions.SubjectAlternativeName, critical: false, names);
        if (isAuthority)
            return;
        var usages = new List<KeyPurposeID>();
        if (role.HasFlag(CertificateRole.Server))
            usages.Add(KeyPurposeID.id_kp_serverAuth);
        if (role.HasFlag(CertificateRole.Client))
            usages.Add(KeyPurposeID.id_kp_clientAuth);
        generator.AddExtension(X509Extensions.ExtendedKeyUsage, critical: false, new ExtendedKeyUsage(usages));
    }

    private static AsymmetricCipherKeyPair NewKeys(CertificateKeyAlgorithm algorithm)
    {
        var random = new SecureRandom();
        if (algorithm == CertificateKeyAlgorithm.EcdsaP256)
        {
            var curves = new ECKeyPairGenerator();
            curves.Init(new ECKeyGenerationParameters(X9ObjectIdentifiers.Prime256v1, random));
            return curves.GenerateKeyPair();
        }

        var bits = algorithm switch
        {
            CertificateKeyAlgorithm.Rsa2048 => 2048,
            CertificateKeyAlgorithm.Rsa3072 => 3072,
            CertificateKeyAlgorithm.Rsa4096 => 4096,
            _ => throw new TentacleException(TentacleErrorKind.Configuration, $"'{algorithm}' is not a known kind of key."),
        };
        var primes = new RsaKeyPairGenerator();
        primes.Init(new RsaKeyGenerationParameters(BigInteger.ValueOf(65537), random, bits, RsaCertainty));
        return primes.GenerateKeyPair();
    }

    private static X509Name Name(string commonName) => new([X509Name.CN], new Dictionary<Org.BouncyCastle.Asn1.DerObjectIdentifier, string> { [X509Name.CN] = commonName });

    private static GeneralNames? AlternativeNames(IReadOnlyList<string> names) => names.Count == 0
        ? null
        : new GeneralNames(names.Select(n => new GeneralName(IPAddress.TryParse(n, out _) ? GeneralName.IPAddress : GeneralName.DnsName, n)).ToArray());

    private static void RequireAuthority(IssuedCertificate authority)
    {
        var certificate = authority.Inner;
        if (RoleOf(certificate) != CertificateRole.Authority || certificate.GetKeyUsage() is { Length: > 5 } usage && !usage[5])
            throw CertificateError.General($"'{CertificateText.Subject(certificate)}' is not an authority's certificate: it may not sign others.");
        if (certificate.NotAfter.ToUniversalTime() < DateTime.UtcNow)
            throw CertificateError.General($"The authority '{CertificateText.Subject(certificate)}' expired at {CertificateText.Date(certificate.NotAfter)}: renew it first.");
    }
}
