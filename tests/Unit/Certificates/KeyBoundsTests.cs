using System;
using System.Linq;
using System.Reflection;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PandoraSync.Certificates.Issuing;
using PandoraSync.Certificates.Trust;
using PandoraSync.Protocol;
using PandoraSync.Tests.Tls;
using Xunit;
using BcCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace PandoraSync.Tests.Certificates;

/// <summary>What a stranger's certificate may cost.</summary>
public sealed class KeyBoundsTests : IDisposable
{
    private readonly HandMade _files = new();

    [Theory]
    [InlineData("RSA modulus", "has an RSA key with a modulus of 8200 bits and an exponent of 17, and at most 8192 and 64 are read")]
    [InlineData("RSA exponent", "has an RSA key with a modulus of 2048 bits and an exponent of 65, and at most 8192 and 64 are read")]
    [InlineData("DSA prime", "has a DSA key of 4096 bits with an order of 256, and at most 3072 and 256 are read")]
    [InlineData("DSA order", "has a DSA key of 2048 bits with an order of 512, and at most 3072 and 256 are read")]
    [InlineData("DSA value", "has a DSA key of 9000 bits with an order of 256, and at most 3072 and 256 are read")]
    [InlineData("DSA without parameters", "has a DSA key without parameters")]
    [InlineData("DH", "has a key of a kind that is not read (1.2.840.10046.2.1)")]
    [InlineData("EC of its own curve", "has an EC key that does not name a known curve")]
    [InlineData("EC of no curve", "has an EC key that does not name a known curve")]
    [InlineData("unknown", "has a key of a kind that is not read (1.3.6.1.4.1.99999.1)")]
    public void Review07_a_key_beyond_the_bounds_is_refused_even_under_the_authoritys_signature(string key, string why)
    {
        _files.Authority("ca");
        using var authority = X509Certificate2.CreateFromPemFile(_files["ca.pem"], _files["ca.key"]);
        using var signer = authority.GetRSAPrivateKey()!;
        using var leaf = Forged.Certificate("CN=a", authority.SubjectName, Forged.ByName(key), signer, isAuthority: false);
        var trust = PeerTrust.Create(_files.Trust("ca"));
        var decision = trust.Decide(leaf, [], CertificateRole.Client, host: null, DateTime.UtcNow);
        Assert.False(decision.IsTrusted);
        Assert.Equal("its certificate " + why, decision.Explanation);

        // The same in an authority between.
        using var middle = Forged.Certificate("CN=middle", authority.SubjectName, Forged.ByName(key), signer);
        using var below = Forged.Certificate("CN=a", middle.SubjectName, Forged.Rsa(2048), signer, isAuthority: false);
        decision = trust.Decide(below, [middle], CertificateRole.Client, host: null, DateTime.UtcNow);
        Assert.False(decision.IsTrusted);
        Assert.Equal("'CN=middle', which it sent along, " + why, decision.Explanation);
    }

    [Fact]
    public void Review07_keys_at_the_bounds_are_read()
    {
        _files.Authority("ca");
        using var authority = X509Certificate2.CreateFromPemFile(_files["ca.pem"], _files["ca.key"]);
        using var signer = authority.GetRSAPrivateKey()!;
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        foreach (var key in new[] { Forged.Rsa(8192), Forged.Rsa(2048, exponentBits: 64), new PublicKey(ec) })
        {
            using var leaf = Forged.Certificate("CN=a", authority.SubjectName, key, signer, isAuthority: false);
            Assert.Equal(string.Empty, PeerTrust.Create(_files.Trust("ca")).Decide(leaf, [], CertificateRole.Client, host: null, DateTime.UtcNow).Explanation);
        }
    }

    [Fact]
    public void Review07_no_key_of_a_certificate_is_built_that_no_authority_vouches_for()
    {
        _files.Authority("ca");
        using var signer = RSA.Create(2048);
        var crowd = Forged.Candidates("CN=crowd", 16, 2048, signer).Select(c => new BcCertificate(c.RawData)).ToList();
        var leaf = new BcCertificate(Forged.Certificate("CN=a", new X500DistinguishedName("CN=crowd"), new PublicKey(signer), signer, isAuthority: false).RawData);
        var chain = CertificateChain.Build(leaf, crowd, _files.Trust("ca").Certificates);
        Assert.Null(chain.Path);
        Assert.Equal(0, crowd.Append(leaf).Count(HasKey));
    }

    [Fact]
    public void Review07_a_crowd_that_names_the_authority_costs_few_checks_and_no_key()
    {
        _files.Authority("ca");
        var authorities = _files.Trust("ca").Certificates;
        using var named = X509CertificateLoader.LoadCertificateFromFile(_files["ca.pem"]);
        using var signer = RSA.Create(2048);
        var crowd = Enumerable.Range(0, 64).Select(n => new BcCertificate(Forged.Certificate("CN=crowd", named.SubjectName, Forged.Rsa(2048), signer).RawData)).ToList();
        var leaf = new BcCertificate(Forged.Certificate("CN=a", new X500DistinguishedName("CN=crowd"), new PublicKey(signer), signer, isAuthority: false).RawData);
        var chain = CertificateChain.Build(leaf, crowd, authorities);
        Assert.Null(chain.Path);
        Assert.True(chain.SawNamesake);
        Assert.Equal(0, crowd.Append(leaf).Count(HasKey));
        Assert.InRange(chain.SignatureChecks, 1, 24);
    }

    [Fact]
    public void Review07_certificates_and_names_of_great_length_are_refused()
    {
        _files.Authority("ca");
        using var signer = RSA.Create(2048);
        var trust = PeerTrust.Create(_files.Trust("ca"));
        var manyParts = string.Join(',', Enumerable.Range(0, 33).Select(n => "CN=a"));
        using var named = Forged.Certificate(manyParts, new X500DistinguishedName("CN=b"), Forged.Rsa(2048), signer);
        Assert.Equal("its certificate has a name of 33 parts, and at most 32 are read", trust.Decide(named, [], CertificateRole.Client, host: null, DateTime.UtcNow).Explanation);
        using var large = Forged.Certificate("CN=b", new X500DistinguishedName("CN=" + new string('b', 17_000)), Forged.Rsa(2048), signer);
        Assert.StartsWith("its certificate has ", trust.Decide(large, [], CertificateRole.Client, host: null, DateTime.UtcNow).Explanation, StringComparison.Ordinal);
        Assert.EndsWith(" bytes, and at most 16384 are read", trust.Decide(large, [], CertificateRole.Client, host: null, DateTime.UtcNow).Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void Review07_an_authority_file_with_such_a_key_is_named()
    {
        using var signer = RSA.Create(2048);
        using var authority = Forged.Certificate("CN=a", new X500DistinguishedName("CN=a"), Forged.Rsa(8200), signer);
        var path = _files.Folder.Write("large.pem", authority.ExportCertificatePem());
        const string Why = "has an RSA key with a modulus of 8200 bits and an exponent of 17, and at most 8192 and 64 are read";
        var error = Assert.Throws<TentacleException>(() => TrustedAuthorities.FromFile(path));
        Assert.Equal($"A certificate in the authority file '{path}' {Why}: have one with another key made.", error.Message);
        Assert.Contains(Why, Assert.Throws<TentacleException>(() => TrustedAuthorities.FromCertificates([authority])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Review07_a_decision_ends_when_the_handshake_has_ended()
    {
        _files.Authority("ca").Certificate("a", "ca");
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(_files["a.pem"]);
        Assert.ThrowsAny<OperationCanceledException>(() => PeerTrust.Create(_files.Trust("ca")).Decide(certificate, [], CertificateRole.Client, host: null, DateTime.UtcNow, new System.Threading.CancellationToken(canceled: true)));
    }

    public void Dispose() => _files.Dispose();

    /// <summary>Whether the library has built the certificate's key, which it then keeps in this field.</summary>
    private static bool HasKey(BcCertificate certificate) =>
        typeof(BcCertificate).GetField("publicKeyValue", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(certificate) is not null;
}
