using System;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PandoraSync.TestSupport;

namespace PandoraSync.SystemTests;

/// <summary>An authority that .NET makes, so that what is tested has no hand in it.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private readonly X509Certificate2 _certificate;

    public TestAuthority(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _certificate = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(30));
    }

    /// <summary>Writes the authority's certificate.</summary>
    public void Write(TempFolder folder, string name) => folder.Write(name, _certificate.ExportCertificatePem());

    /// <summary>Issues a certificate for a host, and writes it with its key.</summary>
    /// <returns>The certificate with its key.</returns>
    public X509Certificate2 Issue(TempFolder folder, string name, string host)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(_certificate, Now.AddDays(-1), Now.AddDays(20), RandomNumberGenerator.GetBytes(8));
        folder.Write(name + ".pem", issued.ExportCertificatePem());
        folder.Write(name + ".key", key.ExportPkcs8PrivateKeyPem());

        // A key that only lives in memory cannot be used by every platform's TLS.
        using var whole = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), password: null);
    }

    public void Dispose() => _certificate.Dispose();
}
