using System;
using PandoraSync.Certificates.Issuing;
using PandoraSync.Cmdlets.Base;

namespace PandoraSync.Cmdlets.Certificate;

/// <summary>A certificate that New-TentacleCertificate made. Its paths bind to the parameters of the other cmdlets.</summary>
public sealed class TentacleCertificate
{
    internal TentacleCertificate(IssuedCertificate issued, CertificatePaths paths)
    {
        Issued = issued;
        CaPath = paths.CaPath;
        CertificatePath = paths.CertificatePath;
        KeyPath = paths.KeyPath;
    }

    /// <summary>The subject.</summary>
    public string Subject => Issued.Subject;

    /// <summary>What it is for: Authority, Server, Client or ServerAndClient.</summary>
    public string Role => Issued.Role.ToString();

    /// <summary>The subject alternative names.</summary>
    public TextList Names => new(Issued.Names);

    /// <summary>Valid until, local time.</summary>
    public DateTime NotAfter => Issued.NotAfter.ToLocalTime();

    /// <summary>SHA-256 of the public key in hex: what -Fingerprint takes; renewal keeps it.</summary>
    public string KeyFingerprint => Issued.KeyFingerprint;

    /// <summary>The authority's certificate.</summary>
    public string CaPath { get; }

    /// <summary>The certificate.</summary>
    public string CertificatePath { get; }

    /// <summary>The private key.</summary>
    public string KeyPath { get; }

    /// <summary>False if the folder had it already, as it was ordered.</summary>
    public bool HasChanged { get; internal set; }

    /// <inheritdoc/>
    public override string ToString() => Subject;

    internal IssuedCertificate Issued { get; }
}
