using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;
using BcCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace PandoraSync.Compat;

/// <summary>
/// Brings certificates and keys from BouncyCastle into .NET's class. PKCS#12 in memory is the one way that all runtimes share:
/// netstandard2.0 has no other constructor that keeps a key, and Windows' TLS takes no key that lives in memory alone.
/// </summary>
internal static class CertificateLoading
{
    private const int PasswordBytes = 24;

    /// <summary>A certificate with its private key, ready for SslStream.</summary>
    /// <exception cref="CryptographicException">The platform cannot take the key.</exception>
    public static X509Certificate2 WithKey(BcCertificate certificate, AsymmetricKeyParameter key)
    {
        var random = new SecureRandom();
        var password = Convert.ToBase64String(SecureRandom.GetNextBytes(random, PasswordBytes));
        var archive = ToPkcs12(certificate, key, password, random);
        try
        {
            return Load(archive, password);
        }
        finally
        {
            Array.Clear(archive, 0, archive.Length);
        }
    }

    /// <summary>A certificate without key.</summary>
    public static X509Certificate2 PublicOnly(byte[] der) =>
#if NET10_0_OR_GREATER
        X509CertificateLoader.LoadCertificate(der);
#else
        new(der);
#endif

    private static byte[] ToPkcs12(BcCertificate certificate, AsymmetricKeyParameter key, string password, SecureRandom random)
    {
        // Triple DES is what every Windows reads; the archive never leaves this process and its password is random.
        var store = new Pkcs12StoreBuilder()
            .SetKeyAlgorithm(PkcsObjectIdentifiers.PbeWithShaAnd3KeyTripleDesCbc)
            .SetCertAlgorithm(PkcsObjectIdentifiers.PbeWithShaAnd3KeyTripleDesCbc)
            .Build();
        store.SetKeyEntry("tentacle", new AsymmetricKeyEntry(key), [new X509CertificateEntry(certificate)]);
        using var stream = new MemoryStream();
        store.Save(stream, password.ToCharArray(), random);
        return stream.ToArray();
    }

    private static X509Certificate2 Load(byte[] archive, string password)
    {
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Windows))
            return Load(archive, password, X509KeyStorageFlags.DefaultKeySet);
        try
        {
            // Windows keeps the key in the user's key folder until the certificate is disposed.
            return Load(archive, password, X509KeyStorageFlags.UserKeySet);
        }
        catch (CryptographicException)
        {
            // A service account may have no profile loaded.
            return Load(archive, password, X509KeyStorageFlags.MachineKeySet);
        }
    }

    private static X509Certificate2 Load(byte[] archive, string password, X509KeyStorageFlags flags) =>
#if NET10_0_OR_GREATER
        X509CertificateLoader.LoadPkcs12(archive, password, flags);
#else
        new(archive, password, flags);
#endif
}
