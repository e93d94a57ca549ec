using System;
using System.Collections.Generic;
using System.Linq;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Crypto;
using PandoraSync.Certificates;
using PandoraSync.Certificates.Issuing;
using PandoraSync.Certificates.Pem;
using PandoraSync.Compat;
using PandoraSync.Protocol;
using BcCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace PandoraSync.Transport.Tls;

/// <summary>
/// What one side of a TLS connection shows to the other: a certificate, its private key, and the certificates of the authorities in between.
/// Make it once and use it for every connection: TLS sessions are resumed only within one object.
/// </summary>
public sealed class TlsIdentity : IDisposable
{
    private readonly Lazy<object?> _platformContext;

    private TlsIdentity(X509Certificate2 certificate, IReadOnlyList<X509Certificate2> chain)
    {
        Certificate = certificate;
        Chain = chain;
        _platformContext = new Lazy<object?>(() => TlsCalls.CreateContext(Certificate, Chain));
    }

    /// <summary>The certificate with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The further certificates of the file, in its order: the authorities between the certificate and the root. May be empty.</summary>
    public IReadOnlyList<X509Certificate2> Chain { get; }

    /// <summary>The platform's prepared form, made once and kept, since sessions are resumed only within one.</summary>
    internal object? PlatformContext => _platformContext.Value;

    /// <summary>Reads a PEM certificate, optionally followed by its chain, and its PEM private key.</summary>
    /// <param name="certificatePath">The certificate file; the first certificate is the one shown.</param>
    /// <param name="keyPath">The private key file; null if the key is in the certificate file.</param>
    /// <param name="passphrase">Opens an encrypted key; null if it is not encrypted.</param>
    /// <param name="requireAbsolutePaths">True to refuse relative paths, as for paths from a configuration file.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Certificate"/>: a file is missing, unreadable or not PEM, certificate and
    /// key do not belong together, the certificate has expired or is not yet valid, or the passphrase is missing or wrong.</exception>
    public static TlsIdentity FromFiles(string certificatePath, string? keyPath = null, SecureString? passphrase = null, bool requireAbsolutePaths = false)
    {
        var certificates = PemFile.ReadCertificates(certificatePath, "certificate", requireAbsolutePaths);
        var key = PemPrivateKey.Read(keyPath ?? certificatePath, passphrase, requireAbsolutePaths);
        if (!PemPrivateKey.IsPair(key, certificates[0].GetPublicKey()))
            throw CertificateError.At(keyPath ?? certificatePath, $"The private key in '{keyPath ?? certificatePath}' does not belong to the certificate in '{certificatePath}' (subject '{CertificateText.Subject(certificates[0])}'): give the key that the certificate was made with.");
        RequireInDate(certificates[0], certificatePath);
        return Create(certificates[0], key, certificates.Skip(1), certificatePath);
    }

    /// <summary>Takes a certificate that was issued or read here, with the authorities that issued it, without the root.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Certificate"/>: this system cannot use it for TLS.</exception>
    public static TlsIdentity FromIssued(IssuedCertificate issued) =>
        Create(issued.Inner, issued.Key, issued.Chain.Where(c => !CertificateIssuer.IsSelfIssued(c)), issued.Subject);

    /// <summary>Removes the key from memory. Connections made with it must be closed before.</summary>
    public void Dispose()
    {
        Certificate.Dispose();
        foreach (var certificate in Chain)
            certificate.Dispose();
    }

    private static TlsIdentity Create(BcCertificate certificate, AsymmetricKeyParameter key, IEnumerable<BcCertificate> chain, string path)
    {
        try
        {
            var usable = CertificateLoading.WithKey(certificate, key);
            return new TlsIdentity(usable, chain.Select(c => CertificateLoading.PublicOnly(c.GetEncoded())).ToArray());
        }
        catch (System.Security.Cryptography.CryptographicException e)
        {
            throw CertificateError.At(path, $"The certificate and key of '{path}' cannot be used for TLS on this system: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private static void RequireInDate(BcCertificate certificate, string? path)
    {
        var which = path is null ? "The certificate" : $"The certificate in '{path}'";
        var now = DateTime.UtcNow;
        if (now > certificate.NotAfter.ToUniversalTime())
            throw CertificateError.At(path!, $"{which} (subject '{CertificateText.Subject(certificate)}') expired at {CertificateText.Date(certificate.NotAfter)}: renew it.");
        if (now < certificate.NotBefore.ToUniversalTime())
            throw CertificateError.At(path!, $"{which} (subject '{CertificateText.Subject(certificate)}') is not valid before {CertificateText.Date(certificate.NotBefore)}: check this machine's clock.");
    }
}
