using System;
using System.IO;
using System.Linq;
using PandoraSync.Certificates.Issuing;
using PandoraSync.Protocol;
using PandoraSync.TestSupport;
using PandoraSync.Tests.Tls;
using Xunit;

namespace PandoraSync.Tests.Certificates;

public sealed class IssuingTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly IssuedCertificate _authority = CertificateIssuer.CreateAuthority(new CertificateOrder("Isolated networks", CertificateRole.Authority));

    [Theory]
    [InlineData(CertificateKeyAlgorithm.EcdsaP256, "ASN1 OID: prime256v1")]
    [InlineData(CertificateKeyAlgorithm.Rsa2048, "Public-Key: (2048 bit)")]
    public void Openssl_verifies_what_was_issued_for_its_role_name_and_address(CertificateKeyAlgorithm algorithm, string key)
    {
        var certificate = CertificateIssuer.Issue(_authority, new CertificateOrder("site-a", CertificateRole.Server, ["site-a.example", "10.142.50.10", "fd00::10"]) { KeyAlgorithm = algorithm });
        var paths = CertificateFiles.Write(certificate, _folder.Path, passphrase: null, overwrite: false);
        foreach (var check in new[] { "-purpose sslserver", "-verify_hostname site-a.example", "-verify_ip 10.142.50.10", "-verify_ip fd00::10" })
            Assert.Contains("OK", OpenSsl.Run($"verify -x509_strict -CAfile {paths.CaPath} {check} {paths.CertificatePath}"), StringComparison.Ordinal);
        Assert.NotEqual(0, OpenSsl.Try($"verify -CAfile {paths.CaPath} -purpose sslclient {paths.CertificatePath}").ExitCode);
        Assert.NotEqual(0, OpenSsl.Try($"verify -CAfile {paths.CaPath} -verify_hostname site-b.example {paths.CertificatePath}").ExitCode);
        Assert.Contains(key, OpenSsl.Run($"x509 -in {paths.CertificatePath} -noout -text"), StringComparison.Ordinal);
        Assert.Equal(OpenSsl.Run($"x509 -in {paths.CertificatePath} -noout -pubkey"), OpenSsl.Run($"pkey -in {paths.KeyPath} -pubout"));
        Assert.Contains(certificate.Fingerprint, OpenSsl.Run($"x509 -in {paths.CertificatePath} -noout -fingerprint -sha256").Replace(":", string.Empty, StringComparison.Ordinal).ToLowerInvariant(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_authority_signs_certificates_and_lists_and_nothing_above_itself()
    {
        var text = OpenSsl.Run($"x509 -noout -text -in {_folder.Write("ca.pem", _authority.ToCertificatePem())}");
        Assert.Contains("CA:TRUE, pathlen:0", text, StringComparison.Ordinal);
        Assert.Contains("Certificate Sign, CRL Sign", text, StringComparison.Ordinal);
        Assert.Contains("Subject Key Identifier", text, StringComparison.Ordinal);
        Assert.Contains("Authority Key Identifier", text, StringComparison.Ordinal);
        Assert.True(_authority.SerialNumber.Length > 24);
        Assert.Throws<TentacleException>(() => CertificateIssuer.Issue(_authority, new CertificateOrder("below", CertificateRole.Authority)));
        var leaf = CertificateIssuer.Issue(_authority, new CertificateOrder("leaf", CertificateRole.Client));
        var error = Assert.Throws<TentacleException>(() => CertificateIssuer.Issue(leaf, new CertificateOrder("x", CertificateRole.Client)));
        Assert.Contains("'CN=leaf' is not an authority's certificate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_renewed_certificate_keeps_key_subject_names_and_role_and_outlives_the_old_one()
    {
        var old = CertificateIssuer.Issue(_authority, new CertificateOrder("site", CertificateRole.ServerAndClient, ["site.example", "192.0.2.1"]) { Days = 1 });
        var renewed = CertificateIssuer.Renew(old, _authority, days: 90);
        Assert.Equal(old.KeyFingerprint, renewed.KeyFingerprint);
        Assert.Equal((old.Subject, CertificateRole.ServerAndClient), (renewed.Subject, renewed.Role));
        Assert.Equal(["site.example", "192.0.2.1"], renewed.Names);
        Assert.NotEqual(old.SerialNumber, renewed.SerialNumber);
        Assert.True(renewed.NotAfter > old.NotAfter);

        // What the old authority signed stays good under the renewed one.
        var paths = CertificateFiles.Write(renewed, _folder.Path, passphrase: null, overwrite: false);
        var newAuthority = _folder.Write("new.pem", CertificateIssuer.Renew(_authority).ToCertificatePem());
        OpenSsl.Run($"verify -CAfile {newAuthority} {paths.CertificatePath}");
    }

    [Fact]
    public void A_certificate_never_outlives_its_authority()
    {
        var authority = CertificateIssuer.CreateAuthority(new CertificateOrder("short", CertificateRole.Authority) { Days = 10 });
        Assert.Equal(authority.NotAfter, CertificateIssuer.Issue(authority, new CertificateOrder("long", CertificateRole.Server, ["a"]) { Days = 100 }).NotAfter);
    }

    [Fact]
    public void Files_are_read_back_and_the_key_is_its_owners_alone()
    {
        var secret = HandMade.Secret("grün");
        var written = CertificateIssuer.Issue(_authority, new CertificateOrder("site", CertificateRole.Server, ["bücher.example"]));
        var ca = CertificateFiles.Write(_authority, _folder["ca"], secret, overwrite: false);
        var paths = CertificateFiles.Write(written, _folder["site"], secret, overwrite: false);
        Assert.Equal("xn--bcher-kva.example", Assert.Single(written.Names));
        Assert.Contains("ENCRYPTED", File.ReadAllText(paths.KeyPath), StringComparison.Ordinal);
        OpenSsl.Run($"pkey -in {paths.KeyPath} -passin pass:grün -noout");
        Assert.Equal(written.Fingerprint, IssuedCertificate.FromFiles(paths.CertificatePath, paths.KeyPath, secret).Fingerprint);
        var again = CertificateIssuer.Issue(IssuedCertificate.FromFiles(ca.CertificatePath, ca.KeyPath, secret), new CertificateOrder("other", CertificateRole.Client));
        Assert.Equal(_authority.Subject, again.Issuer);
        if (OperatingSystem.IsWindows())
            return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(paths.KeyPath));
        Assert.Equal(["cacert.pem", "tentaclecert.pem", "tentaclekey.pem"], Directory.EnumerateFiles(_folder["site"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Nothing_is_overwritten_unless_told_to_and_a_refusal_changes_nothing()
    {
        var first = CertificateIssuer.Issue(_authority, new CertificateOrder("first", CertificateRole.Server, ["a"]));
        var second = CertificateIssuer.Issue(_authority, new CertificateOrder("second", CertificateRole.Server, ["b"]));
        var paths = CertificateFiles.Write(first, _folder.Path, passphrase: null, overwrite: false);
        var before = File.ReadAllText(paths.KeyPath);
        var error = Assert.Throws<TentacleException>(() => CertificateFiles.Write(second, _folder.Path, passphrase: null, overwrite: false));
        Assert.Equal(TentacleErrorKind.LocalFile, error.Kind);
        Assert.Contains($"'{paths.KeyPath}' exists already and is not overwritten", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(paths.KeyPath));
        Assert.Equal(3, _folder.FileNames().Length);
        CertificateFiles.Write(second, _folder.Path, passphrase: null, overwrite: true);
        Assert.Equal(second.Fingerprint, IssuedCertificate.FromFiles(paths.CertificatePath, paths.KeyPath).Fingerprint);
        Assert.Equal(3, _folder.FileNames().Length);
    }

    [Theory]
    [InlineData(365, 30, 334, false)]
    [InlineData(365, 30, 336, true)]
    [InlineData(12, 30, 7, false)]
    [InlineData(12, 30, 9, true)]
    [InlineData(365, 0, 364, false)]
    [InlineData(365, 0, 366, true)]
    public void A_certificate_is_due_in_its_last_days_and_never_before_two_thirds_of_its_time(int days, int last, int after, bool isDue)
    {
        var certificate = CertificateIssuer.Issue(_authority, new CertificateOrder("site", CertificateRole.Client) { Days = days });
        Assert.Equal(isDue, CertificateUpkeep.IsDue(certificate, last, DateTime.UtcNow.AddDays(after)));
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("-a.example")]
    [InlineData("a..example")]
    [InlineData("10.1.2.3/24")]
    [InlineData("")]
    public void A_name_that_is_no_host_is_refused(string name)
    {
        var error = Assert.Throws<TentacleException>(() => new CertificateOrder("site", CertificateRole.Server, [name]));
        Assert.Equal(TentacleErrorKind.Configuration, error.Kind);
    }

    public void Dispose() => _folder.Dispose();
}
