using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using PandoraSync.Certificates.Pem;
using PandoraSync.Protocol;
using BcCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace PandoraSync.Certificates.Trust;

/// <summary>
/// The certificates that a peer must chain to. The system's own authorities do not count. Any certificate given here is trusted as
/// it is: a root, an authority in between, or a peer's own self-signed one.
/// </summary>
public sealed class TrustedAuthorities
{
    private TrustedAuthorities(IReadOnlyList<BcCertificate> certificates, string source)
    {
        Certificates = certificates;
        Source = source;
    }

    /// <summary>Where they came from, for messages: the paths.</summary>
    public string Source { get; }

    /// <summary>How many there are.</summary>
    public int Count => Certificates.Count;

    internal IReadOnlyList<BcCertificate> Certificates { get; }

    /// <summary>Reads all certificates of one PEM file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="requireAbsolutePath">True to refuse a relative path.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Certificate"/>: the file is missing, unreadable, not PEM, or all in it has expired.</exception>
    public static TrustedAuthorities FromFile(string path, bool requireAbsolutePath = false) => FromFiles([path], requireAbsolutePath);

    /// <summary>Reads all certificates of some PEM files.</summary>
    /// <param name="paths">The files, at least one.</param>
    /// <param name="requireAbsolutePaths">True to refuse relative paths.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Certificate"/>, as for one file.</exception>
    public static TrustedAuthorities FromFiles(IEnumerable<string> paths, bool requireAbsolutePaths = false)
    {
        var files = paths.ToList();
        if (files.Count == 0)
            throw CertificateError.General("No authority file is given.");
        return new TrustedAuthorities([.. files.SelectMany(f => ReadFile(f, requireAbsolutePaths))], string.Join(", ", files.Select(f => $"'{f}'")));
    }

    /// <summary>Takes certificates that are at hand.</summary>
    /// <param name="certificates">At least one.</param>
    /// <exception cref="TentacleException"><see cref="TentacleErrorKind.Certificate"/>: there is none.</exception>
    public static TrustedAuthorities FromCertificates(IEnumerable<X509Certificate2> certificates)
    {
        var all = certificates.Select(c => new BcCertificate(c.RawData)).ToList();
        foreach (var certificate in all)
        {
            if (CertificateBounds.WhyRefused(certificate) is { } beyond)
                throw CertificateError.General($"The authority '{CertificateText.Subject(certificate)}' {beyond}: have one with another key made.");
        }

        return all.Count > 0
            ? new TrustedAuthorities(all, string.Join(", ", all.Select(c => $"'{CertificateText.Subject(c)}'")))
            : throw CertificateError.General("No authority certificate is given.");
    }

    private static IReadOnlyList<BcCertificate> ReadFile(string path, bool requireAbsolutePath)
    {
        var certificates = PemFile.ReadCertificates(path, "authority", requireAbsolutePath);
        var now = DateTime.UtcNow;
        if (certificates.All(c => now > c.NotAfter.ToUniversalTime()))
            throw CertificateError.At(path, $"The authority in '{path}' (subject '{CertificateText.Subject(certificates[0])}') expired at {CertificateText.Date(certificates[0].NotAfter)}: renew it and every certificate from it.");
        return certificates;
    }
}
