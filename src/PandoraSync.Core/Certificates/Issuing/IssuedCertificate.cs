using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Asn1.Nist;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.Utilities.IO.Pem;
using PandoraSync.Certificates.Pem;
using PandoraSync.Certificates.Trust;
using PandoraSync.Compat;
using PandoraSync.Protocol;
using BcCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace PandoraSync.Certificates.Issuing;

/// <summary>A certificate with its private key, issued here or read from files to issue others with or to renew.</summary>
public sealed class IssuedCertificate
{
    private const int SaltBytes = 16;
    private const int KeyDerivationRounds = 200_000;

    internal IssuedCertificate(BcCertificate certificate, AsymmetricKeyParameter key, IReadOnlyList<BcCertificate> chain)
    {
        Inner = certificate;
        Key = key;
        Chain = chain;
    }

    /// <summary>The subject.</summary>
    public string Subject => Inner.SubjectDN.ToString();

    /// <summary>The issuer; its own subject if it is an authority made here.</summary>
    public string Issuer => Inner.IssuerDN.ToString();

    /// <summary>The subject alternative names: DNS names, then addresses.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            var (dns, addresses) = CertificateText.AlternativeNames(Inner);
            return [.. dns, .. addresses.Select(a => a.ToString())];
        }
    }

    /// <summary>What it is for; a certificate that states nothing is for a server and a client.</summary>
    public CertificateRole Role => CertificateIssuer.RoleOf(Inner);

    /// <summary>Valid from, in UTC.</summary>
    public DateTime NotBefore => Inner.NotBefore.ToUniversalTime();

    /// <summary>Valid until, in UTC.</summary>
    public DateTime NotAfter => Inner.NotAfter.ToUniversalTime();

    /// <summary>The serial number in lower-case hex.</summary>
    public string SerialNumber => Inner.SerialNumber.ToString(16);

    /// <summary>SHA-256 of the certificate in lower-case hex, as <c>openssl x509 -fingerprint -sha256</c> has it.</summary>
    public string Fingerprint => CertificateText.Fingerprint(Inner);

    /// <summary>SHA-256 of the public key in lower-case hex: what to pin, since renewal keeps it.</summary>
    public string KeyFingerprint => CertificateText.KeyFingerprint(Inner);

    internal BcCertificate Inner { get; }

    internal AsymmetricKeyParameter Key { get; }

    /// <summary>The authorities above it, nearest first.</summary>
    internal IReadOnlyList<BcCertificate> Chain { get; }

    /// <summary>Reads a certificate and its key. It may be expired: that is why it is renewed.</summary>
    /// <param name="certificatePath">The PEM certificate, optionally followed by its chain.</param>
    /// <param name="keyPath">The PEM key; null if it is in the certificate file.</param>
    /// <param name="passphrase">Opens an encrypted key; null if it is not encrypted.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Certificate"/>: a file cannot be used, or they do not belong together.</exception>
    public static IssuedCertificate FromFiles(string certificatePath, string? keyPath = null, SecureString? passphrase = null)
    {
        var certificates = PemFile.ReadCertificates(certificatePath, "certificate", requireAbsolutePath: false);
        var key = PemPrivateKey.Read(keyPath ?? certificatePath, passphrase, requireAbsolutePath: false);
        return PemPrivateKey.IsPair(key, certificates[0].GetPublicKey())
            ? new IssuedCertificate(certificates[0], key, certificates.Skip(1).ToArray())
            : throw CertificateError.At(keyPath ?? certificatePath, $"The private key in '{keyPath ?? certificatePath}' does not belong to the certificate in '{certificatePath}' (subject '{CertificateText.Subject(certificates[0])}').");
    }

    /// <summary>The certificate without its key.</summary>
    public X509Certificate2 ToCertificate() => CertificateLoading.PublicOnly(Inner.GetEncoded());

    /// <summary>For the other side: what it must trust. For an authority itself, for other certificates the one that issued it.</summary>
    public TrustedAuthorities ToAuthorities() => TrustedAuthorities.FromCertificates(AuthorityCertificates().Select(c => CertificateLoading.PublicOnly(c.GetEncoded())));

    /// <summary>PEM: the certificate, followed by the authorities between it and the root.</summary>
    public string ToCertificatePem() => Pem([Inner, .. Chain.Where(c => !CertificateIssuer.IsSelfIssued(c))]);

    /// <summary>PEM of the authority: of this certificate if it is one, else of the one that issued it.</summary>
    public string ToAuthorityPem() => Pem(AuthorityCertificates());

    /// <summary>PEM (PKCS#8) of the private key.</summary>
    /// <param name="passphrase">Encrypts it (AES-256, PBKDF2 with SHA-256); null to leave it readable.</param>
    public string ToKeyPem(SecureString? passphrase)
    {
        var info = PrivateKeyInfoFactory.CreatePrivateKeyInfo(Key);
        if (passphrase is null)
            return Write(new PemObject("PRIVATE KEY", info.GetEncoded()));
        if (passphrase.Length == 0)
            throw CertificateError.General("The passphrase for the new key is empty: give one, or leave it out.");
        var random = new SecureRandom();
        using var secret = new Passphrase(passphrase);
        var encrypted = EncryptedPrivateKeyInfoFactory.CreateEncryptedPrivateKeyInfo(
            NistObjectIdentifiers.IdAes256Cbc, PkcsObjectIdentifiers.IdHmacWithSha256, secret.AsTyped, SecureRandom.GetNextBytes(random, SaltBytes), KeyDerivationRounds, random, info);
        return Write(new PemObject("ENCRYPTED PRIVATE KEY", encrypted.GetEncoded()));
    }

    /// <summary>Never the key.</summary>
    public override string ToString() => Subject;

    private IReadOnlyList<BcCertificate> AuthorityCertificates() => Role == CertificateRole.Authority || Chain.Count == 0 ? [Inner, .. Chain] : Chain;

    private static string Pem(IEnumerable<BcCertificate> certificates) => string.Concat(certificates.Select(c => Write(new PemObject("CERTIFICATE", c.GetEncoded()))));

    private static string Write(PemObject pem)
    {
        using var text = new StringWriter { NewLine = "\n" };
        using (var writer = new PemWriter(text))
            writer.WriteObject(pem);
        return text.ToString();
    }
}
