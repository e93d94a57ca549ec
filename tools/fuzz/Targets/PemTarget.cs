using System;
using System.Collections.Generic;
using System.Linq;
using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Org.BouncyCastle.X509;
using PandoraSync.Certificates;
using PandoraSync.Certificates.Issuing;
using PandoraSync.Certificates.Pem;
using PandoraSync.Certificates.Trust;
using PandoraSync.Compat;
using PandoraSync.Protocol;
using PandoraSync.Transport.Tls;
using X509Certificate = Org.BouncyCastle.X509.X509Certificate;

namespace PandoraSync.Fuzz.Targets;

/// <summary>
/// Files of certificates, keys and revocation lists. An input that starts with a byte from 1 to 6 is the inside of one PEM object, so that
/// single bytes of it are reached through the base64; any other is a file as it is.
/// </summary>
internal static class PemTarget
{
    public const string SecretText = "fuzzing";

    private static readonly string[] Types = ["PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "CERTIFICATE", "X509 CRL"];
    private static readonly DateTime Now = new(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly ScratchFile Scratch = new();
    private static readonly SecureString Secret = MakeSecret();
    private static readonly TrustedAuthorities Authorities = TrustedAuthorities.FromFile(new ScratchFile().With(Encoding.ASCII.GetBytes(TestCertificates.Authority)));
    private static readonly X509Certificate BcLeaf = new X509CertificateParser().ReadCertificate(Encoding.ASCII.GetBytes(TestCertificates.Leaf));
    private static readonly X509Certificate2 Leaf = CertificateLoading.PublicOnly(BcLeaf.GetEncoded());
    private static readonly byte[] CleanList = new X509CrlParser().ReadCrl(Encoding.ASCII.GetBytes(TestCertificates.CleanList))!.GetTbsCertList();

    public static void Run(byte[] input)
    {
        var path = Scratch.With(ToFile(input));
        if (OrNothing(() => PemFile.Read(path, "file", requireAbsolutePath: true)) is { } objects)
            Promise.Holds(objects.Count > 0, "a file that is read has something in it");
        foreach (var certificate in OrNothing(() => PemFile.ReadCertificates(path, "certificate", requireAbsolutePath: true)) ?? [])
            CheckCertificate(certificate);
        CheckKey(path);
        CheckLists(path);

        // Into the platform's store and back takes a hundred times as long as the rest.
        if (Dice.For(input).Below(16) == 0)
            OrNothing(() => TlsIdentity.FromFiles(path, keyPath: null, Secret, requireAbsolutePaths: true))?.Dispose();
    }

    private static byte[] ToFile(byte[] input)
    {
        if (input.Length == 0 || input[0] < 1 || input[0] > Types.Length)
            return input;
        var type = Types[input[0] - 1];
        return Encoding.ASCII.GetBytes($"-----BEGIN {type}-----\n{Convert.ToBase64String(input, 1, input.Length - 1, Base64FormattingOptions.InsertLineBreaks)}\n-----END {type}-----\n");
    }

    /// <summary>Whatever a certificate says, it is shown bounded, and only the one that the authority signed is trusted.</summary>
    private static void CheckCertificate(X509Certificate certificate)
    {
        foreach (var text in new[] { CertificateText.Subject(certificate), CertificateText.Issuer(certificate) })
            Promise.Holds(text.Length <= 500 && !text.Any(char.IsControl), "texts of certificates are short and printable");
        Promise.Holds(CertificateText.Fingerprint(certificate).Length == 64, "a fingerprint has 64 digits");
        X509Certificate2 foreign;
        try
        {
            foreign = CertificateLoading.PublicOnly(certificate.GetEncoded());
        }
        catch (CryptographicException)
        {
            // The platform does not read it, so it can come from no connection.
            return;
        }

        using (foreign)
        {
            var decision = PeerTrust.Create(Authorities).Decide(foreign, [Leaf], CertificateRole.Server, "fuzz.test", Now);
            Promise.Holds(decision.Describe("peer:1").Length < 4000, "a refusal is a sentence");
            if (decision.IsTrusted)
                Promise.Holds(Authorities.Certificates.Append(BcLeaf).Any(c => c.GetTbsCertificate().SequenceEqual(certificate.GetTbsCertificate())), "only what the authority signed is trusted");
        }
    }

    private static void CheckKey(string path)
    {
        var plain = OrNothing(() => PemPrivateKey.Read(path, passphrase: null, requireAbsolutePath: true));
        var opened = OrNothing(() => PemPrivateKey.Read(path, Secret, requireAbsolutePath: true));
        if (plain is not null)
            Promise.Holds(plain.Equals(opened), "a passphrase does not matter to a key that is not encrypted");
        if (opened is not null)
            Promise.Holds(PemPrivateKey.IsPair(opened, PemPrivateKey.PublicKeyOf(opened)), "a private key has its public key");
    }

    /// <summary>A list that is read lets the certificate pass only if it is the one that the authority signed.</summary>
    private static void CheckLists(string path)
    {
        if (OrNothing(() => RevocationList.FromFile(path, requireAbsolutePath: true)) is not { } lists)
            return;
        var decision = PeerTrust.Create(Authorities, pin: null, lists).Decide(Leaf, [], CertificateRole.Server, "fuzz.test", Now);
        if (decision.IsTrusted)
            Promise.Holds(PemFile.ReadBlobs(path, "list", "X509 CRL", requireAbsolutePath: true).Any(b => b.AsSpan().IndexOf(CleanList) >= 0), "only a list that the authority signed says that nothing is revoked");
    }

    private static T? OrNothing<T>(Func<T> read)
        where T : class => Promise.OrRefusal(read, TentacleErrorKind.Certificate);

    private static SecureString MakeSecret()
    {
        var secret = new SecureString();
        foreach (var c in SecretText)
            secret.AppendChar(c);
        return secret;
    }
}
