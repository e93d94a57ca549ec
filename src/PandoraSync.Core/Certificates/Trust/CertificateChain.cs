using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Pkix;
using Org.BouncyCastle.Security;
using BcCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace PandoraSync.Certificates.Trust;

/// <summary>
/// Finds the way from a certificate to an authority. Built on BouncyCastle, not on the platform's chain engine, so that the outcome is
/// the same on every runtime and system, and nothing is ever downloaded because a peer's certificate says so. Signatures are checked
/// from the authorities downwards: no key is used, or even built, that an authority has not vouched for.
/// </summary>
internal sealed class CertificateChain
{
    private const int MaxDepth = 8;

    // A hostile peer may send many certificates of one name; each trial costs a signature check.
    private const int MaxSignatureChecks = 24;
    private const int KeyCertSignBit = 5;

    private readonly CancellationToken _cancellationToken;

    private CertificateChain(CancellationToken cancellationToken) => _cancellationToken = cancellationToken;

    /// <summary>Signatures that were checked.</summary>
    public int SignatureChecks { get; private set; }

    /// <summary>True once a certificate had an authority's name as its issuer, but not a signature of its key.</summary>
    public bool SawNamesake { get; private set; }

    /// <summary>The way from the certificate to an authority, both included; just the one if it is itself given as an authority; null if there is none.</summary>
    public IReadOnlyList<BcCertificate>? Path { get; private set; }

    /// <summary>Looks for the way.</summary>
    /// <param name="certificate">Where it begins.</param>
    /// <param name="candidates">What may lie in between; none of them is trusted for being here.</param>
    /// <param name="authorities">Where it may end.</param>
    /// <param name="cancellationToken">Ends the search before its next step.</param>
    /// <exception cref="OperationCanceledException">The token has fired.</exception>
    public static CertificateChain Build(BcCertificate certificate, IEnumerable<BcCertificate> candidates, IReadOnlyList<BcCertificate> authorities, CancellationToken cancellationToken = default)
    {
        var chain = new CertificateChain(cancellationToken);
        chain.Path = authorities.Any(a => a.Equals(certificate)) ? [certificate] : chain.Find(certificate, chain.Above(certificate, candidates.ToList()), authorities);
        return chain;
    }

    /// <summary>True if the signature over a certificate is by this issuer's key.</summary>
    public static bool IsSignedBy(BcCertificate certificate, BcCertificate issuer)
    {
        try
        {
            return certificate.IsSignatureValid(issuer.GetPublicKey());
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Foreign bytes: an unknown algorithm, a damaged signature or a key of another type are all just not a signature of this issuer.
            return false;
        }
    }

    /// <summary>What forbids this way, as the middle of a sentence; null if nothing does. Dates are looked at by the caller.</summary>
    public static string? FindFault(IReadOnlyList<BcCertificate> path, DateTime utcNow)
    {
        for (var i = 1; i < path.Count; i++)
        {
            var issuer = path[i];
            if (!MaySign(issuer, isAuthority: i == path.Count - 1))
                return $"'{CertificateText.Subject(issuer)}' has signed a certificate, but its own does not allow it to (CA:TRUE and keyCertSign)";

            // Certificates between the end and this issuer; self-issued ones are rare enough to count.
            if (issuer.GetBasicConstraints() is >= 0 and var limit && i - 1 > limit)
                return $"'{CertificateText.Subject(issuer)}' allows {limit} authorities below it and there are {i - 1}";
        }

        return path.Count == 1 ? null : ValidatePath(path, utcNow);
    }

    private static bool MaySign(BcCertificate certificate, bool isAuthority)
    {
        var usage = certificate.GetKeyUsage();
        if (usage is not null && (usage.Length <= KeyCertSignBit || !usage[KeyCertSignBit]))
            return false;
        if (certificate.GetBasicConstraints() >= 0)
            return true;

        // Version 1 certificates cannot say whether they are authorities; the admin who gave the file did.
        return isAuthority && certificate.GetExtensionValue(X509Extensions.BasicConstraints) is null;
    }

    /// <summary>The rest of RFC 5280: name constraints, policies, critical extensions.</summary>
    private static string? ValidatePath(IReadOnlyList<BcCertificate> path, DateTime utcNow)
    {
        var authority = path[path.Count - 1];
        try
        {
            var constraints = authority.GetExtensionValue(X509Extensions.NameConstraints)?.GetOctets();
            var parameters = new PkixParameters(new HashSet<TrustAnchor> { new(authority, constraints) }) { IsRevocationEnabled = false, Date = utcNow };
            new PkixCertPathValidator().Validate(new PkixCertPath(path.Take(path.Count - 1).ToList()), parameters);
            return null;
        }
        catch (Exception e) when (e is GeneralSecurityException or PkixCertPathValidatorException or Asn1Exception or ArgumentException or InvalidOperationException)
        {
            return $"the chain to its authority is not valid ({CertificateText.Bounded(e.Message.TrimEnd('.'))})";
        }
    }

    /// <summary>The certificate and, by their names alone, whatever may stand above it, the nearest first.</summary>
    private List<BcCertificate> Above(BcCertificate certificate, List<BcCertificate> candidates)
    {
        var found = new List<BcCertificate> { certificate };
        for (var i = 0; i < found.Count; i++)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            found.AddRange(candidates.Where(c => IsNamedIssuer(c, found[i]) && !found.Contains(c)).ToList());
        }

        return found;
    }

    /// <summary>Goes down from the authorities, a level at a time, so that the first way that is found is the shortest.</summary>
    private IReadOnlyList<BcCertificate>? Find(BcCertificate certificate, List<BcCertificate> unproven, IReadOnlyList<BcCertificate> authorities)
    {
        var ways = new Queue<IReadOnlyList<BcCertificate>>(authorities.Select(a => new[] { a }));
        while (ways.Count > 0)
        {
            var way = ways.Dequeue();
            foreach (var below in unproven.Where(c => IsNamedIssuer(way[0], c)).ToList())
            {
                if (HasSigned(way[0], below))
                {
                    unproven.Remove(below);
                    if (ReferenceEquals(below, certificate))
                        return [below, .. way];
                    if (way.Count < MaxDepth - 1)
                        ways.Enqueue([below, .. way]);
                }
                else
                {
                    SawNamesake |= way.Count == 1;
                }
            }
        }

        return null;
    }

    private bool HasSigned(BcCertificate issuer, BcCertificate certificate)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        if (SignatureChecks >= MaxSignatureChecks)
            return false;
        SignatureChecks++;
        return IsSignedBy(certificate, issuer);
    }

    private static bool IsNamedIssuer(BcCertificate issuer, BcCertificate certificate) => issuer.SubjectDN.Equivalent(certificate.IssuerDN);
}
