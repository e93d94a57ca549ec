using System;
using System.IO;
using System.Linq;
using System.Security;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.OpenSsl;
using Org.BouncyCastle.Utilities.IO.Pem;
using PandoraSync.Protocol;
using PemReader = Org.BouncyCastle.OpenSsl.PemReader;
using PemWriter = Org.BouncyCastle.Utilities.IO.Pem.PemWriter;

namespace PandoraSync.Certificates.Pem;

/// <summary>Reads private keys in the shapes OpenSSL writes: PKCS#8, PKCS#1, SEC1, encrypted PKCS#8 and the old <c>Proc-Type: 4,ENCRYPTED</c>.</summary>
internal static class PemPrivateKey
{
    private static readonly string[] Usable = ["PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"];

    public static bool IsKey(string pemType) => pemType.EndsWith("PRIVATE KEY", StringComparison.Ordinal);

    /// <summary>Reads the first private key of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="passphrase">Opens an encrypted key; ignored where the key is not encrypted.</param>
    /// <param name="requireAbsolutePath">True to refuse a relative path.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Certificate"/>.</exception>
    public static AsymmetricKeyParameter Read(string path, SecureString? passphrase, bool requireAbsolutePath)
    {
        var objects = PemFile.Read(path, "private key", requireAbsolutePath);
        var pem = objects.FirstOrDefault(o => IsKey(o.Type));
        if (pem is null)
            throw CertificateError.At(path, $"The private key file '{path}' holds no private key but '{TentacleText.Show(objects[0].Type)}': perhaps the paths of certificate and key are exchanged.");
        if (!Usable.Contains(pem.Type, StringComparer.Ordinal))
            throw CertificateError.At(path, $"The private key file '{path}' holds a '{TentacleText.Show(pem.Type)}', which TLS cannot use: make an RSA or ECDSA key.");
        var key = IsEncrypted(pem) ? Decrypt(pem, path, passphrase) : Decode(pem, path);
        return key is RsaPrivateCrtKeyParameters or ECPrivateKeyParameters
            ? key
            : throw CertificateError.At(path, $"The private key in '{path}' is neither RSA nor ECDSA: TLS on every platform takes only these; make another certificate and key.");
    }

    /// <summary>True if the first private key of a file is encrypted.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Certificate"/>.</exception>
    public static bool IsEncrypted(string path) => PemFile.Read(path, "private key", requireAbsolutePath: false).FirstOrDefault(o => IsKey(o.Type)) is { } pem && IsEncrypted(pem);

    /// <summary>The public key that belongs to a private one.</summary>
    public static AsymmetricKeyParameter PublicKeyOf(AsymmetricKeyParameter key) => key switch
    {
        RsaPrivateCrtKeyParameters rsa => new RsaKeyParameters(isPrivate: false, rsa.Modulus, rsa.PublicExponent),
        ECPrivateKeyParameters ec when ec.PublicKeyParamSet is { } curve => new ECPublicKeyParameters("EC", ec.Parameters.G.Multiply(ec.D).Normalize(), curve),
        ECPrivateKeyParameters ec => new ECPublicKeyParameters("EC", ec.Parameters.G.Multiply(ec.D).Normalize(), ec.Parameters),
        _ => throw new ArgumentException("Only RSA and EC keys have passed the reader.", nameof(key)),
    };

    /// <summary>True if a private and a public key belong together.</summary>
    public static bool IsPair(AsymmetricKeyParameter privateKey, AsymmetricKeyParameter publicKey) => (privateKey, publicKey) switch
    {
        (RsaPrivateCrtKeyParameters mine, RsaKeyParameters other) => mine.Modulus.Equals(other.Modulus) && mine.PublicExponent.Equals(other.Exponent),
        (ECPrivateKeyParameters mine, ECPublicKeyParameters other) => mine.Parameters.G.Multiply(mine.D).Normalize().Equals(other.Q.Normalize()),
        _ => false,
    };

    private static bool IsEncrypted(PemObject pem) =>
        pem.Type.StartsWith("ENCRYPTED", StringComparison.Ordinal)
        || pem.Headers.Cast<PemHeader>().Any(h => h.Name is "Proc-Type" && h.Value.IndexOf("ENCRYPTED", StringComparison.Ordinal) >= 0);

    private static AsymmetricKeyParameter Decode(PemObject pem, string path)
    {
        try
        {
            return ReadKey(pem, finder: null);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw CertificateError.At(path, $"The private key in '{path}' is damaged: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private static AsymmetricKeyParameter Decrypt(PemObject pem, string path, SecureString? passphrase)
    {
        if (passphrase is null)
            throw CertificateError.At(path, $"The private key in '{path}' is encrypted: give its passphrase.");
        using var secret = new Passphrase(passphrase);
        foreach (var candidate in secret.Candidates)
        {
            try
            {
                return ReadKey(pem, candidate);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // A wrong passphrase shows as bad padding or, once in 256 times, as any error that reading nonsense gives.
            }
        }

        throw CertificateError.At(path, $"The private key in '{path}' cannot be decrypted: the passphrase is wrong.");
    }

    private static AsymmetricKeyParameter ReadKey(PemObject pem, IPasswordFinder? finder)
    {
        using var text = new StringWriter();
        using (var writer = new PemWriter(text))
            writer.WriteObject(pem);
        using var reader = new PemReader(new StringReader(text.ToString()), finder);
        return reader.ReadObject() switch
        {
            AsymmetricCipherKeyPair pair => pair.Private,
            AsymmetricKeyParameter { IsPrivate: true } key => key,
            _ => throw new PemException("there is no private key in it"),
        };
    }
}
