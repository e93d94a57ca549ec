using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography.X509Certificates;
using PandoraSync.Certificates.Issuing;
using PandoraSync.Certificates.Trust;
using PandoraSync.Tests.Tls;
using Xunit;

namespace PandoraSync.Tests.Certificates;

/// <summary>The rules of trust, without a connection.</summary>
public sealed class PeerTrustTests : IDisposable
{
    private readonly HandMade _files = new();

    [Theory]
    [InlineData("site.example", true)]
    [InlineData("SITE.example.", true)]
    [InlineData("a.wild.example", true)]
    [InlineData("a.b.wild.example", false)]
    [InlineData("wild.example", false)]
    [InlineData("bücher.example", true)]
    [InlineData("192.0.2.7", true)]
    [InlineData("192.0.2.8", false)]
    [InlineData("2001:db8:0::7", true)]
    [InlineData("::ffff:192.0.2.7", true)]
    [InlineData("common", false)]
    public void Alternative_names_decide_where_there_are_any(string host, bool matches)
    {
        var authority = CertificateIssuer.CreateAuthority(new CertificateOrder("ca", CertificateRole.Authority));
        var issued = CertificateIssuer.Issue(authority, new CertificateOrder("common", CertificateRole.Server, ["site.example", "*.wild.example", "bücher.example", "192.0.2.7", "2001:db8::7"]));
        using var certificate = issued.ToCertificate();
        var decision = PeerTrust.Create(authority.ToAuthorities()).Decide(certificate, [], CertificateRole.Server, host, DateTime.UtcNow);
        Assert.Equal(matches ? TrustRefusalReason.None : TrustRefusalReason.WrongName, decision.Reason);
    }

    [Theory]
    [InlineData("by.hand", "by.hand", true)]
    [InlineData("by.hand", "other.hand", false)]
    [InlineData("192.0.2.9", "192.0.2.9", true)]
    [InlineData("192.0.2.9", "192.0.2.1", false)]
    public void The_common_name_decides_where_there_are_no_alternative_names(string commonName, string host, bool matches)
    {
        _files.Authority("ca").Certificate("a", "ca", subject: "/O=Firm/CN=" + commonName);
        Assert.Equal(matches ? TrustRefusalReason.None : TrustRefusalReason.WrongName, Decide("a", PeerTrust.Create(_files.Trust("ca")), host: host).Reason);
    }

    [Fact]
    public void A_self_signed_certificate_is_trusted_where_it_is_itself_the_authority_file()
    {
        _files.Authority("self");
        Assert.True(Decide("self", PeerTrust.Create(_files.Trust("self"))).IsTrusted);
    }

    [Fact]
    public void An_authority_in_between_must_be_allowed_to_sign_and_not_too_far_down()
    {
        _files.Authority("root")
            .Certificate("no-ca", "root", "basicConstraints=CA:FALSE").Certificate("below-no-ca", "no-ca")
            .Certificate("version-1", "root").Certificate("below-version-1", "version-1")
            .Certificate("zero", "root", "basicConstraints=critical,CA:TRUE,pathlen:0").Certificate("sub", "zero", "basicConstraints=critical,CA:TRUE").Certificate("below-sub", "sub")
            .Certificate("limited", "root", "basicConstraints=critical,CA:TRUE\nnameConstraints=critical,permitted;DNS:inside.example").Certificate("outside", "limited", "subjectAltName=DNS:outside.example").Certificate("inside", "limited", "subjectAltName=DNS:a.inside.example");
        var trust = PeerTrust.Create(_files.Trust("root"));
        Assert.Equal(TrustRefusalReason.InvalidChain, DecideVia("below-no-ca", trust, "no-ca").Reason);
        Assert.Equal(TrustRefusalReason.InvalidChain, DecideVia("below-version-1", trust, "version-1").Reason);
        Assert.Equal(TrustRefusalReason.InvalidChain, DecideVia("below-sub", trust, "sub", "zero").Reason);
        Assert.Equal(TrustRefusalReason.InvalidChain, DecideVia("outside", trust, "limited").Reason);
        Assert.Equal(TrustRefusalReason.None, DecideVia("inside", trust, "limited").Reason);
        Assert.Equal(TrustRefusalReason.UnknownAuthority, DecideVia("below-sub", trust, "sub").Reason);
    }

    [Fact]
    public void An_authority_made_anew_under_the_same_name_is_told_from_an_unknown_one()
    {
        _files.Authority("ca").Certificate("a", "ca");
        File.Move(_files["ca.pem"], _files["first.pem"]);
        _files.Authority("ca");
        var decision = Decide("a", PeerTrust.Create(_files.Trust("ca")));
        Assert.Equal(TrustRefusalReason.UnknownAuthority, decision.Reason);
        Assert.Contains("another key signed it", decision.Explanation, StringComparison.Ordinal);
        Assert.True(Decide("a", PeerTrust.Create(_files.Trust("first"))).IsTrusted);
    }

    [Fact]
    public void An_authority_that_has_run_out_trusts_nobody()
    {
        _files.Authority("ca").Certificate("a", "ca", more: "-days 400");
        var decision = Decide("a", PeerTrust.Create(_files.Trust("ca")), now: DateTime.UtcNow.AddDays(60));
        Assert.Equal(TrustRefusalReason.Expired, decision.Reason);
        Assert.Contains("the authority 'C=ES,O=Some Firm,CN=ca' expired at", decision.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void Signatures_that_can_be_forged_and_short_keys_are_refused()
    {
        _files.Authority("ca").Certificate("sha1", "ca", more: "-days 20 -sha1");
        Assert.Equal(TrustRefusalReason.Weak, Decide("sha1", PeerTrust.Create(_files.Trust("ca"))).Reason);
        OpenSsl.Run($"req -x509 -newkey rsa:1024 -nodes -subj /CN=short -keyout {_files["short.key"]} -out {_files["short.pem"]}");
        Assert.Equal(TrustRefusalReason.Weak, Decide("short", PeerTrust.Create(_files.Trust("short"))).Reason);
    }

    [Fact]
    public void A_revocation_list_that_cannot_answer_refuses_and_a_new_one_is_taken_up()
    {
        _files.Authority("ca").Authority("other").Certificate("a", "ca").Certificate("b", "ca");
        var foreign = RevocationList.FromFile(_files.RevocationList("other", "-crldays 5"));
        Assert.Equal(TrustRefusalReason.RevocationUnknown, Decide("a", PeerTrust.Create(_files.Trust("ca"), pin: null, foreign)).Reason);

        var trust = PeerTrust.Create(_files.Trust("ca"), pin: null, RevocationList.FromFile(_files.RevocationList("ca", "-crldays 5", "b")));
        Assert.True(Decide("a", trust).IsTrusted);
        Assert.Equal(TrustRefusalReason.Revoked, Decide("b", trust).Reason);
        Assert.Equal(TrustRefusalReason.RevocationUnknown, Decide("a", trust, now: DateTime.UtcNow.AddDays(6)).Reason);

        _files.RevocationList("ca", "-crldays 5", "a", "b");
        Assert.Equal(TrustRefusalReason.Revoked, Decide("a", trust).Reason);
        OpenSsl.Run($"crl -in {_files["ca.crl"]} -outform der -out {_files["ca.der"]}");
        Assert.Equal(TrustRefusalReason.Revoked, Decide("a", PeerTrust.Create(_files.Trust("ca"), pin: null, RevocationList.FromFile(_files["ca.der"]))).Reason);
        File.Delete(_files["ca.crl"]);
        Assert.Equal(TrustRefusalReason.RevocationUnknown, Decide("b", trust).Reason);
    }

    [Fact]
    public void A_list_signed_by_somebody_else_under_the_authoritys_name_does_not_count()
    {
        _files.Authority("ca").Certificate("a", "ca");
        var trusted = File.ReadAllText(_files["ca.pem"]);
        _files.Authority("ca");
        var forged = RevocationList.FromFile(_files.RevocationList("ca", "-crldays 5"));
        File.WriteAllText(_files["ca.pem"], trusted);
        Assert.Equal(TrustRefusalReason.RevocationUnknown, Decide("a", PeerTrust.Create(_files.Trust("ca"), pin: null, forged)).Reason);
    }

    public void Dispose() => _files.Dispose();

    private TrustDecision DecideVia(string name, PeerTrust trust, params string[] sentAlong) => Decide(name, trust, host: null, now: null, sentAlong);

    private TrustDecision Decide(string name, PeerTrust trust, string? host = null, DateTime? now = null, string[]? sentAlong = null)
    {
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(_files[name + ".pem"]);
        return trust.Decide(certificate, (sentAlong ?? []).Select(s => X509CertificateLoader.LoadCertificateFromFile(_files[s + ".pem"])).ToArray(), CertificateRole.Server, host, now ?? DateTime.UtcNow);
    }
}
