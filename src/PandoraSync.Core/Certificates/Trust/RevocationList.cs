using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.X509;
using PandoraSync.Certificates.Pem;
using PandoraSync.Files;
using PandoraSync.Protocol;
using BcCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace PandoraSync.Certificates.Trust;

/// <summary>
/// A file of certificate revocation lists, PEM or DER. It is read again when it changes, since authorities issue a new one every few
/// days while a server runs for months. It fails closed: a list that is out of date or cannot be read refuses every certificate.
/// </summary>
public sealed class RevocationList
{
    private const int CrlSignBit = 6;

    private readonly object _gate = new();
    private readonly bool _requireAbsolutePath;
    private IReadOnlyList<X509Crl> _lists;
    private (DateTime Written, long Bytes) _version;

    private RevocationList(string path, bool requireAbsolutePath)
    {
        Path = path;
        _requireAbsolutePath = requireAbsolutePath;
        _version = VersionOf(path);
        _lists = Read();
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="requireAbsolutePath">True to refuse a relative path.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Certificate"/>: missing, unreadable or no revocation list.</exception>
    public static RevocationList FromFile(string path, bool requireAbsolutePath = false) => new(path, requireAbsolutePath);

    /// <summary>Looks a path up: the first certificate must be covered; authorities on the way are looked up where the file has a list of their issuer.</summary>
    internal TrustDecision? FindRefusal(IReadOnlyList<BcCertificate> path, DateTime utcNow)
    {
        IReadOnlyList<X509Crl> lists;
        try
        {
            lists = Current();
        }
        catch (TentacleException e)
        {
            return TrustDecision.Refuse(TrustRefusalReason.RevocationUnknown, "the revocation list cannot be used any more: " + e.Message.TrimEnd('.'), "put a valid list in its place");
        }

        for (var i = 0; i < path.Count - 1; i++)
        {
            var found = lists.Where(l => l.IssuerDN.Equivalent(path[i].IssuerDN)).ToList();
            if (found.Count == 0 && i > 0)
                continue;
            if (Look(path[i], path[i + 1], found, utcNow) is { } refusal)
                return refusal;
        }

        return null;
    }

    private TrustDecision? Look(BcCertificate certificate, BcCertificate issuer, List<X509Crl> lists, DateTime utcNow)
    {
        var signed = lists.Where(l => IsComplete(l) && MaySignLists(issuer) && IsSignedBy(l, issuer)).ToList();
        if (signed.Count == 0)
            return TrustDecision.Refuse(TrustRefusalReason.RevocationUnknown, $"the revocation list '{Path}' has no complete list signed by its issuer '{CertificateText.Subject(issuer)}'", "add that authority's list to the file");
        if (signed.FirstOrDefault(l => l.IsRevoked(certificate)) is { } naming)
            return TrustDecision.Refuse(TrustRefusalReason.Revoked, $"'{CertificateText.Subject(certificate)}' was revoked at {CertificateText.Date(naming.GetRevokedCertificate(certificate.SerialNumber).RevocationDate)}");
        var latest = signed.OrderByDescending(l => l.ThisUpdate).First();
        if (latest.ThisUpdate.ToUniversalTime() > utcNow)
            return TrustDecision.Refuse(TrustRefusalReason.RevocationUnknown, $"the revocation list '{Path}' of '{CertificateText.Issuer(certificate)}' is not valid before {CertificateText.Date(latest.ThisUpdate)}", "check this machine's clock");
        if (latest.NextUpdate is { } next && next.ToUniversalTime() < utcNow)
            return TrustDecision.Refuse(TrustRefusalReason.RevocationUnknown, $"the revocation list '{Path}' of '{CertificateText.Issuer(certificate)}' has run out at {CertificateText.Date(next)}");
        return null;
    }

    /// <summary>False for a list that covers only some certificates (delta lists, partitions, other authorities' certificates).</summary>
    private static bool IsComplete(X509Crl list) =>
        list.GetExtensionValue(X509Extensions.DeltaCrlIndicator) is null && list.GetExtensionValue(X509Extensions.IssuingDistributionPoint) is null;

    private static bool MaySignLists(BcCertificate issuer) => issuer.GetKeyUsage() is not { } usage || (usage.Length > CrlSignBit && usage[CrlSignBit]);

    private static bool IsSignedBy(X509Crl list, BcCertificate issuer)
    {
        try
        {
            return list.IsSignatureValid(issuer.GetPublicKey());
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // An unknown algorithm or damaged signature: not this issuer's list.
            return false;
        }
    }

    private IReadOnlyList<X509Crl> Current()
    {
        lock (_gate)
        {
            var version = VersionOf(Path);
            if (version != _version)
            {
                _lists = Read();
                _version = version;
            }

            return _lists;
        }
    }

    private IReadOnlyList<X509Crl> Read()
    {
        var blobs = PemFile.ReadBlobs(Path, "revocation list", "X509 CRL", _requireAbsolutePath);
        try
        {
            return blobs.Select(b => new X509CrlParser().ReadCrl(b) ?? throw new InvalidDataException()).ToList();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw CertificateError.At(Path, $"The revocation list file '{Path}' is damaged or holds something else.", e);
        }
    }

    private static (DateTime Written, long Bytes) VersionOf(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        }
        catch (Exception e) when (LocalFileError.IsFileError(e) || e is ArgumentException)
        {
            // Reading it will say what is wrong.
            return default;
        }
    }
}
