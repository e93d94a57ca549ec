using System;
using System.IO;
using System.Threading.Tasks;
using PandoraSync.Certificates.Trust;
using PandoraSync.Protocol;
using PandoraSync.Tests.Tls;
using PandoraSync.Transport;
using PandoraSync.Transport.Tls;
using Xunit;

namespace PandoraSync.Tests.Certificates;

public sealed class KeyShapeTests : IDisposable
{
    private readonly HandMade _files = new();

    [Theory]
    [InlineData("PKCS#8 RSA", "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048", "", "BEGIN PRIVATE KEY")]
    [InlineData("PKCS#8 EC", "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384", "", "BEGIN PRIVATE KEY")]
    [InlineData("PKCS#1", "genrsa -traditional 2048", "", "BEGIN RSA PRIVATE KEY")]
    [InlineData("PKCS#1 old encryption", "genrsa -traditional -aes128 -passout pass:secret 2048", "secret", "Proc-Type: 4,ENCRYPTED")]
    [InlineData("PKCS#1 old DES encryption", "genrsa -traditional -des3 -passout pass:secret 2048", "secret", "DES-EDE3-CBC")]
    [InlineData("SEC1 with parameters before it", "ecparam -name prime256v1 -genkey", "", "BEGIN EC PARAMETERS")]
    [InlineData("encrypted PKCS#8", "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -aes256 -pass pass:secret", "secret", "BEGIN ENCRYPTED PRIVATE KEY")]
    [InlineData("encrypted PKCS#8, passphrase beyond ASCII", "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes256 -pass pass:grün€", "grün€", "BEGIN ENCRYPTED PRIVATE KEY")]
    public async Task A_key_in_each_shape_that_openssl_writes_serves_a_connection(string shape, string command, string passphrase, string mark)
    {
        OpenSsl.Run($"{(command.StartsWith("genrsa", StringComparison.Ordinal) ? command.Insert(6, $" -out {_files["a.key"]}") : $"{command} -out {_files["a.key"]}")}");
        await ServesAsync(shape, passphrase, mark);
    }

    [Theory]
    [InlineData("SEC1 old encryption", "ec -aes256 -passout pass:secret", "secret", "Proc-Type: 4,ENCRYPTED")]
    [InlineData("PKCS#8 v1.5 encryption", "pkcs8 -topk8 -v1 PBE-SHA1-3DES -passout pass:secret", "secret", "BEGIN ENCRYPTED PRIVATE KEY")]
    [InlineData("PKCS#8 v1.5, passphrase beyond ASCII", "pkcs8 -topk8 -v1 PBE-SHA1-3DES -passout pass:grün", "grün", "BEGIN ENCRYPTED PRIVATE KEY")]
    [InlineData("PKCS#8 with SHA-512", "pkcs8 -topk8 -v2 aes-128-cbc -v2prf hmacWithSHA512 -passout pass:secret", "secret", "BEGIN ENCRYPTED PRIVATE KEY")]
    public async Task A_key_that_was_converted_serves_a_connection(string shape, string command, string passphrase, string mark)
    {
        OpenSsl.Run($"ecparam -name prime256v1 -genkey -noout -out {_files["plain.key"]}");
        OpenSsl.Run($"{command} -in {_files["plain.key"]} -out {_files["a.key"]}");
        await ServesAsync(shape, passphrase, mark);
    }

    [Fact]
    public void A_wrong_or_missing_passphrase_is_named_with_the_file()
    {
        OpenSsl.Run($"req -x509 -newkey rsa:2048 -passout pass:secret -subj /CN=a -keyout {_files["a.key"]} -out {_files["a.pem"]}");
        var missing = Assert.Throws<TentacleException>(() => TlsIdentity.FromFiles(_files["a.pem"], _files["a.key"]));
        Assert.Equal($"The private key in '{_files["a.key"]}' is encrypted: give its passphrase.", missing.Message);
        var wrong = Assert.Throws<TentacleException>(() => TlsIdentity.FromFiles(_files["a.pem"], _files["a.key"], HandMade.Secret("Secret")));
        Assert.Equal($"The private key in '{_files["a.key"]}' cannot be decrypted: the passphrase is wrong.", wrong.Message);
        Assert.Equal(TentacleErrorKind.Certificate, wrong.Kind);
        using var right = TlsIdentity.FromFiles(_files["a.pem"], _files["a.key"], HandMade.Secret("secret"));
        Assert.True(right.Certificate.HasPrivateKey);
    }

    [Fact]
    public void Each_file_that_cannot_be_used_is_named_with_what_is_wrong()
    {
        _files.Authority("a").Authority("b");
        var empty = _files.Folder.Write("empty", string.Empty);
        var text = _files.Folder.Write("text", "no certificate at all\n");
        var damaged = _files.Folder.Write("damaged", File.ReadAllText(_files["a.pem"]).Remove(200, 300));
        OpenSsl.Run($"x509 -in {_files["a.pem"]} -outform der -out {_files["der"]}");
        OpenSsl.Run($"genpkey -algorithm ed25519 -out {_files["ed.key"]}");
        Refuses(_files["none"], _files["a.key"], $"The certificate file '{_files["none"]}' does not exist: correct the path.");
        Refuses(_files["a.pem"], _files["none"], $"The private key file '{_files["none"]}' does not exist: correct the path.");
        Refuses(_files.Folder.Path, _files["a.key"], "is a folder");
        Refuses(empty, _files["a.key"], "is empty");
        Refuses(text, _files["a.key"], $"The certificate file '{text}' is not PEM: it has no line that starts with '-----BEGIN'.");
        Refuses(_files["der"], _files["a.key"], "is not PEM but binary");
        Refuses(damaged, _files["a.key"], "damaged");
        Refuses(_files["a.key"], _files["a.pem"], "holds no certificate but 'PRIVATE KEY': perhaps the paths of certificate and key are exchanged");
        Refuses(_files["a.pem"], _files["b.pem"], "holds no private key but 'CERTIFICATE'");
        Refuses(_files["a.pem"], _files["b.key"], $"The private key in '{_files["b.key"]}' does not belong to the certificate in '{_files["a.pem"]}'");
        Refuses(_files["a.pem"], _files["ed.key"], "is neither RSA nor ECDSA");
    }

    [Fact]
    public void A_certificate_out_of_date_is_refused_with_its_dates()
    {
        _files.Authority("ca").Dated("old", "ca", "20200101000000Z", "20210101000000Z").Dated("new", "ca", "20400101000000Z", "20410101000000Z");
        Refuses(_files["old.pem"], _files["old.key"], $"The certificate in '{_files["old.pem"]}' (subject 'CN=old') expired at 2021-01-01 00:00 UTC: renew it.");
        Refuses(_files["new.pem"], _files["new.key"], "is not valid before 2040-01-01 00:00 UTC");
    }

    [Fact]
    public void A_relative_path_is_refused_where_asked_for()
    {
        var error = Assert.Throws<TentacleException>(() => TlsIdentity.FromFiles("tentaclecert.pem", requireAbsolutePaths: true));
        Assert.Contains("'tentaclecert.pem' of the certificate is relative: use an absolute path", error.Message, StringComparison.Ordinal);
        Assert.Contains("relative", Assert.Throws<TentacleException>(() => TrustedAuthorities.FromFile("./cacert.pem", requireAbsolutePath: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_authority_file_that_cannot_be_used_is_named()
    {
        _files.Authority("a");
        Assert.Contains("holds no certificate", Assert.Throws<TentacleException>(() => TrustedAuthorities.FromFile(_files["a.key"])).Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", Assert.Throws<TentacleException>(() => TrustedAuthorities.FromFile(_files["b.pem"])).Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", Assert.Throws<TentacleException>(() => RevocationList.FromFile(_files["b.crl"])).Message, StringComparison.Ordinal);
        Assert.Contains("holds no 'X509 CRL'", Assert.Throws<TentacleException>(() => RevocationList.FromFile(_files["a.pem"])).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _files.Dispose();

    private static void Refuses(string certificate, string key, string sentence)
    {
        var error = Assert.Throws<TentacleException>(() => TlsIdentity.FromFiles(certificate, key));
        Assert.Equal(TentacleErrorKind.Certificate, error.Kind);
        Assert.Contains(sentence, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.File);
    }

    private async Task ServesAsync(string shape, string passphrase, string mark)
    {
        Assert.True(File.ReadAllText(_files["a.key"]).Contains(mark, StringComparison.Ordinal), shape);
        OpenSsl.Run($"req -x509 -key {_files["a.key"]} -passin pass:{passphrase} -subj /CN=127.0.0.1 -out {_files["a.pem"]}");
        using var identity = TlsIdentity.FromFiles(_files["a.pem"], _files["a.key"], passphrase.Length > 0 ? HandMade.Secret(passphrase) : null, requireAbsolutePaths: true);
        using var server = new OneServer();
        var serving = server.AcceptAsync(new TlsServerOptions(identity));
        var options = new TentacleClientOptions(new TentacleEndpoint("127.0.0.1", server.Port)) { Tls = _files.Client("a") };
        using var channel = await TentacleConnector.ConnectAsync(options, TestContext.Current.CancellationToken);
        channel.Queue([(byte)'A', (byte)'\n']);
        await channel.FlushAsync();
        using var stream = await serving;
        Assert.Equal("A", await OneServer.ReadLineAsync(stream));
    }
}
