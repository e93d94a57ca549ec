using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using Org.BouncyCastle.Asn1.X509;
using PandoraSync.Certificates.Issuing;
using PandoraSync.Protocol;
using BcCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace PandoraSync.Certificates.Trust;

/// <summary>
/// Decides whether a peer's certificate is trusted. With an authority all rules count: chain, strength, dates, role, name, revocation.
/// With a pin alone only the pin counts: whoever has that key can write any dates and names into a certificate for it, so they say
/// nothing. With both, both must hold.
/// </summary>
public sealed class PeerTrust
{
    private const int MinRsaBits = 2048;
    private const int MaxSentAlong = 8;
    private const int MostRemembered = 64;

    // What md5WithRSA, sha1WithRSA, ecdsa-with-SHA1 and the like have in their names.
    private static readonly string[] WeakDigests = ["MD2", "MD4", "MD5", "SHA1", "SHA-1"];

    // Certificates of authorities in between that stood in a trusted path. A resumed session brings the peer's certificate again but not
    // these. They are only ever candidates, so remembering them trusts nobody more.
    private readonly ConcurrentDictionary<string, BcCertificate> _remembered = new(StringComparer.Ordinal);

    private PeerTrust(TrustedAuthorities? authorities, CertificatePin? pin, RevocationList? revocation)
    {
        Authorities = authorities;
        Pin = pin;
        Revocation = revocation;
    }

    /// <summary>What the peer must chain to; null if the pin alone, or nothing, counts.</summary>
    public TrustedAuthorities? Authorities { get; }

    /// <summary>The fingerprint that the peer must have; null if any will do.</summary>
    public CertificatePin? Pin { get; }

    /// <summary>Revoked certificates; null if none are looked up.</summary>
    public RevocationList? Revocation { get; }

    /// <summary>True if every certificate is taken, and none at all as well.</summary>
    public bool TakesAnything => Authorities is null && Pin is null;

    /// <summary>Trust by authority, by pin, or by both.</summary>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Configuration"/>: neither is given, or a revocation list without authority.</exception>
    public static PeerTrust Create(TrustedAuthorities? authorities, CertificatePin? pin = null, RevocationList? revocation = null)
    {
        if (authorities is null && pin is null)
            throw new TentacleException(TentacleErrorKind.Configuration, "TLS needs to know whom to trust: give an authority file or a fingerprint, or skip the certificate check on purpose.");
        if (authorities is null && revocation is not null)
            throw new TentacleException(TentacleErrorKind.Configuration, "A revocation list can only be used together with the authority that issued it: give the authority file as well.");
        return new PeerTrust(authorities, pin, revocation);
    }

    /// <summary>Trust in whoever answers: encryption without knowing with whom.</summary>
    public static PeerTrust AcceptAny() => new(authorities: null, pin: null, revocation: null);

    /// <summary>Decides.</summary>
    /// <param name="certificate">What the peer showed; null if nothing.</param>
    /// <param name="sentAlong">The other certificates that it sent; not trusted, only used to find the way to an authority.</param>
    /// <param name="role">What the peer is: <see cref="CertificateRole.Server"/> or <see cref="CertificateRole.Client"/>.</param>
    /// <param name="host">The name or address that the certificate must be for; null if that does not matter.</param>
    /// <param name="utcNow">The time to judge by.</param>
    /// <param name="cancellationToken">Ends the work before its next step, each of which is short: nobody waits for the decision any more.</param>
    /// <exception cref="OperationCanceledException">The token has fired.</exception>
    public TrustDecision Decide(X509Certificate? certificate, IEnumerable<X509Certificate2> sentAlong, CertificateRole role, string? host, DateTime utcNow, CancellationToken cancellationToken = default)
    {
        if (TakesAnything)
            return TrustDecision.Trusted(Show(certificate));
        if (certificate is null)
            return TrustDecision.Refuse(TrustRefusalReason.NoCertificate, "it showed no certificate", role == CertificateRole.Client ? "give the client a certificate and key of the required authority" : "give the server a certificate");
        BcCertificate presented;
        try
        {
            presented = new BcCertificate(certificate.GetRawCertData());
            if (CertificateBounds.WhyRefused(presented) is { } beyond)
                return OutOfBounds("its certificate", beyond);
            var refusal = FindRefusal(presented, sentAlong, role, host, utcNow, cancellationToken);
            var description = CertificateText.Describe(presented);
            return refusal is null ? TrustDecision.Trusted(description) : refusal with { Presented = description };
        }
        catch (Exception e) when (e is not (OutOfMemoryException or OperationCanceledException))
        {
            // Foreign bytes, read by a library: whatever it throws, the certificate is not trusted.
            return TrustDecision.Refuse(TrustRefusalReason.Unreadable, $"its certificate cannot be read ({CertificateText.Bounded(e.Message.TrimEnd('.'))})");
        }
    }

    /// <summary>What was presented, where nothing is checked: for people who want to pin it. No key is built; what cannot be read is not shown.</summary>
    private static string Show(X509Certificate? certificate)
    {
        if (certificate is null)
            return string.Empty;
        try
        {
            var presented = new BcCertificate(certificate.GetRawCertData());
            return CertificateBounds.WhyRefused(presented) is null ? CertificateText.Describe(presented) : string.Empty;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return string.Empty;
        }
    }

    private TrustDecision? FindRefusal(BcCertificate presented, IEnumerable<X509Certificate2> sentAlong, CertificateRole role, string? host, DateTime utcNow, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Pin is { } pin && !pin.Matches(presented))
            return TrustDecision.Refuse(TrustRefusalReason.PinMismatch, $"neither its key nor its certificate has the fingerprint {pin}");
        if (Authorities is not { } authorities)
            return null;
        var candidates = ReadCandidates(presented, sentAlong, out var skipped);
        var chain = CertificateChain.Build(presented, candidates, authorities.Certificates, cancellationToken);
        if (chain.Path is not { } path)
            return skipped ?? NoPath(presented, chain.SawNamesake, authorities);

        // The key of each in the path is built by now or soon: an authority has vouched for them.
        var rules = new Func<TrustDecision?>[]
        {
            () => FindWeakness(path),
            () => FindWrongDate(path, utcNow),
            () => CertificateChain.FindFault(path, utcNow) is { } fault ? TrustDecision.Refuse(TrustRefusalReason.InvalidChain, fault) : null,
            () => FindWrongRole(presented, role),
            () => Revocation?.FindRefusal(path, utcNow),
            () => FindWrongName(presented, host),
        };
        foreach (var rule in rules)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (rule() is { } refusal)
                return refusal;
        }

        Remember(path);
        return null;
    }

    /// <summary>What may stand between the certificate and an authority.</summary>
    /// <param name="presented">The certificate.</param>
    /// <param name="sentAlong">What came with it; the platform gives some of it twice.</param>
    /// <param name="skipped">The refusal for the first of them that is beyond the bounds; null if none is.</param>
    private List<BcCertificate> ReadCandidates(BcCertificate presented, IEnumerable<X509Certificate2> sentAlong, out TrustDecision? skipped)
    {
        skipped = null;
        var candidates = new Dictionary<string, BcCertificate>(_remembered, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal) { CertificateText.Fingerprint(presented) };
        foreach (var der in sentAlong.Select(c => c.RawData))
        {
            var fingerprint = CertificateText.Sha256(der);
            if (seen.Count > MaxSentAlong || !seen.Add(fingerprint) || candidates.ContainsKey(fingerprint))
                continue;
            var candidate = new BcCertificate(der);
            if (CertificateBounds.WhyRefused(candidate) is { } beyond)
                skipped ??= OutOfBounds($"'{CertificateText.Subject(candidate)}', which it sent along,", beyond);
            else
                candidates.Add(fingerprint, candidate);
        }

        return [.. candidates.Values];
    }

    private static TrustDecision OutOfBounds(string which, string beyond) =>
        TrustDecision.Refuse(TrustRefusalReason.OutOfBounds, $"{which} {beyond}");

    private void Remember(IReadOnlyList<BcCertificate> path)
    {
        for (var i = 1; i < path.Count - 1 && _remembered.Count < MostRemembered; i++)
            _remembered.TryAdd(CertificateText.Fingerprint(path[i]), path[i]);
    }

    private static TrustDecision NoPath(BcCertificate presented, bool sawNamesake, TrustedAuthorities authorities)
    {
        if (sawNamesake)
            return TrustDecision.Refuse(TrustRefusalReason.UnknownAuthority, $"its certificate names an authority of {authorities.Source} as its issuer, but another key signed it", "use the authority file that belongs to it: perhaps the authority was made anew under the same name");
        return presented.SubjectDN.Equivalent(presented.IssuerDN)
            ? TrustDecision.Refuse(TrustRefusalReason.SelfSigned, $"its certificate is self-signed and not in {authorities.Source}")
            : TrustDecision.Refuse(TrustRefusalReason.UnknownAuthority, $"its certificate was not issued by an authority of {authorities.Source}");
    }

    private static TrustDecision? FindWeakness(IReadOnlyList<BcCertificate> path)
    {
        foreach (var certificate in path)
        {
            if (CertificateBounds.RsaBits(certificate) is < MinRsaBits and var bits)
                return TrustDecision.Refuse(TrustRefusalReason.Weak, $"the RSA key of '{CertificateText.Subject(certificate)}' has only {bits} bits", "have one of 2,048 bits or more made");
        }

        // Nobody relies on the signature over the authority itself: it is trusted because it was given.
        var weak = path.Take(path.Count - 1).FirstOrDefault(c => WeakDigests.Any(d => c.SigAlgName.IndexOf(d, StringComparison.OrdinalIgnoreCase) >= 0));
        return weak is null ? null : TrustDecision.Refuse(TrustRefusalReason.Weak, $"'{CertificateText.Subject(weak)}' is signed with {weak.SigAlgName}, which can be forged", "have one signed with SHA-256 made");
    }

    private static TrustDecision? FindWrongDate(IReadOnlyList<BcCertificate> path, DateTime utcNow)
    {
        for (var i = 0; i < path.Count; i++)
        {
            var which = i == 0 ? "its certificate" : $"the authority '{CertificateText.Subject(path[i])}'";
            if (utcNow > path[i].NotAfter.ToUniversalTime())
                return TrustDecision.Refuse(TrustRefusalReason.Expired, $"{which} expired at {CertificateText.Date(path[i].NotAfter)}");
            if (utcNow < path[i].NotBefore.ToUniversalTime())
                return TrustDecision.Refuse(TrustRefusalReason.NotYetValid, $"{which} is not valid before {CertificateText.Date(path[i].NotBefore)}");
        }

        return null;
    }

    private static TrustDecision? FindWrongRole(BcCertificate presented, CertificateRole role)
    {
        if (presented.GetExtendedKeyUsage() is not { } usages)
            return null;
        var wanted = role == CertificateRole.Server ? KeyPurposeID.id_kp_serverAuth : KeyPurposeID.id_kp_clientAuth;
        if (usages.Any(u => u.Equals(wanted) || u.Equals(KeyPurposeID.AnyExtendedKeyUsage)))
            return null;
        var word = role == CertificateRole.Server ? "server" : "client";
        return TrustDecision.Refuse(TrustRefusalReason.WrongRole, $"its certificate is not meant for a {word} (extended key usage)", $"have a {word} certificate issued for it");
    }

    private static TrustDecision? FindWrongName(BcCertificate presented, string? host) =>
        host is null || HostNameMatcher.Matches(presented, host)
            ? null
            : TrustDecision.Refuse(TrustRefusalReason.WrongName, $"its certificate is not for '{TentacleText.Show(host)}'");
}
