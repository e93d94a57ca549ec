using PandoraSync.Certificates.Issuing;

namespace PandoraSync.Bench;

/// <summary>A certificate for 127.0.0.1 as files, for processes of their own.</summary>
internal static class BenchCertificates
{
    public static CertificatePaths Write(string folder)
    {
        var authority = CertificateIssuer.CreateAuthority(new CertificateOrder("bench", CertificateRole.Authority));
        var server = CertificateIssuer.Issue(authority, new CertificateOrder("server", CertificateRole.Server, ["127.0.0.1"]));
        return CertificateFiles.Write(server, folder, passphrase: null, overwrite: false);
    }
}
