using System;
using System.Collections.Generic;
using System.IO;
using System.Security;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Security;
using PandoraSync.Certificates.Pem;
using PandoraSync.Protocol;

namespace PandoraSync.Certificates.Issuing;

/// <summary>
/// What ordering a certificate comes to where its folder has one already: one that is as ordered is kept, and renewed with its key before it ends, so that an
/// order can be repeated as often as anybody likes.
/// </summary>
internal static class CertificateUpkeep
{
    /// <summary>Days before its end from which a certificate is renewed by default.</summary>
    public const int DefaultRenewBeforeDays = 30;

    // A certificate that was ordered for a few days is not renewed at each repetition: it lives two thirds of its time at least.
    private const int LastPartOfItsTime = 3;

    /// <summary>The certificate that a folder has, if it is what is ordered, with its authority as that is now.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="order">What is ordered; how long it is valid does not matter.</param>
    /// <param name="passphrase">What the key is to be encrypted with; null for not.</param>
    /// <param name="authority">Gives the authority that is to have signed it, or null for one that signs itself; asked only if there is a certificate.</param>
    /// <returns>Null if there is none, or another one.</returns>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Certificate"/>: what is there cannot be read.</exception>
    public static IssuedCertificate? Find(string directory, CertificateOrder order, SecureString? passphrase, Func<IssuedCertificate?> authority)
    {
        var paths = CertificateFiles.PathsIn(directory, order.Role);
        if (!File.Exists(paths.CertificatePath) || !File.Exists(paths.KeyPath) || PemPrivateKey.IsEncrypted(paths.KeyPath) != passphrase is not null)
            return null;
        var there = IssuedCertificate.FromFiles(paths.CertificatePath, paths.KeyPath, passphrase);
        var signer = authority();
        if (!IsAsOrdered(there, order) || !IsSignedBy(there, signer ?? there))
            return null;
        return signer is null ? there : new IssuedCertificate(there.Inner, there.Key, [signer.Inner, .. signer.Chain]);
    }

    /// <summary>True if it is to be renewed, being in its last days.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="days">How many these are; never more than a third of the time that it is valid.</param>
    /// <param name="now">The time, in UTC.</param>
    public static bool IsDue(IssuedCertificate certificate, int days, DateTime now)
    {
        var third = (certificate.NotAfter - certificate.NotBefore).TotalDays / LastPartOfItsTime;
        return certificate.NotAfter < now.AddDays(Math.Min(days, third));
    }

    /// <summary>True if renewal gives it more time: not so where its authority ends no later than it does.</summary>
    public static bool CanOutlive(IssuedCertificate certificate) => certificate.Chain.Count == 0 || certificate.Chain[0].NotAfter.ToUniversalTime() > certificate.NotAfter;

    private static bool IsAsOrdered(IssuedCertificate there, CertificateOrder order) =>
        there.Role == order.Role
        && string.Equals(there.Subject, CertificateIssuer.SubjectOf(order), StringComparison.Ordinal)
        && new HashSet<string>(there.Names, StringComparer.OrdinalIgnoreCase).SetEquals(order.Names)
        && AlgorithmOf(there.Key) == order.KeyAlgorithm;

    private static bool IsSignedBy(IssuedCertificate certificate, IssuedCertificate authority)
    {
        if (!certificate.Inner.IssuerDN.Equivalent(authority.Inner.SubjectDN))
            return false;
        try
        {
            certificate.Inner.Verify(authority.Inner.GetPublicKey());
            return true;
        }
        catch (Exception e) when (e is GeneralSecurityException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static CertificateKeyAlgorithm? AlgorithmOf(AsymmetricKeyParameter key) => key switch
    {
        RsaKeyParameters { Modulus.BitLength: 2048 } => CertificateKeyAlgorithm.Rsa2048,
        RsaKeyParameters { Modulus.BitLength: 3072 } => CertificateKeyAlgorithm.Rsa3072,
        RsaKeyParameters { Modulus.BitLength: 4096 } => CertificateKeyAlgorithm.Rsa4096,
        ECPrivateKeyParameters { Parameters.Curve.FieldSize: 256 } => CertificateKeyAlgorithm.EcdsaP256,
        _ => null,
    };
}
