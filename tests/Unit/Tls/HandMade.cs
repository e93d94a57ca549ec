using System;
using System.Security;
using PandoraSync.Certificates.Trust;
using PandoraSync.TestSupport;
using PandoraSync.Transport.Tls;

namespace PandoraSync.Tests.Tls;

/// <summary>Certificates as people make them by hand with the openssl command, in a folder that goes away with it.</summary>
internal sealed class HandMade : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>The path of a file.</summary>
    public string this[string name] => _folder[name];

    public TempFolder Folder => _folder;

    public static SecureString Secret(string text)
    {
        var secret = new SecureString();
        foreach (var c in text)
            secret.AppendChar(c);
        return secret;
    }

    /// <summary>A self-signed authority: <c>name.pem</c> and <c>name.key</c>.</summary>
    public HandMade Authority(string name, string more = "")
    {
        OpenSsl.Run($"req -x509 -newkey rsa:2048 -nodes -days 30 -subj /C=ES/O=Some~Firm/CN={name} -keyout {this[name + ".key"]} -out {this[name + ".pem"]} {more}");
        return this;
    }

    /// <summary>A certificate: <c>name.pem</c> and <c>name.key</c>.</summary>
    /// <param name="name">File name and, unless the subject is given, common name.</param>
    /// <param name="authority">The authority's name.</param>
    /// <param name="extensions">Lines of an extension file; empty for a version 1 certificate.</param>
    /// <param name="more">More options for <c>openssl x509</c>.</param>
    /// <param name="subject">The subject.</param>
    public HandMade Certificate(string name, string authority, string extensions = "", string more = "-days 20", string? subject = null)
    {
        OpenSsl.Run($"req -newkey rsa:2048 -nodes -subj {subject ?? "/CN=" + name} -keyout {this[name + ".key"]} -out {this[name + ".csr"]}");
        var file = extensions.Length == 0 ? string.Empty : $"-extfile {_folder.Write(name + ".ext", extensions)}";
        OpenSsl.Run($"x509 -req -in {this[name + ".csr"]} -CA {this[authority + ".pem"]} -CAkey {this[authority + ".key"]} -CAcreateserial -out {this[name + ".pem"]} {file} {more}");
        return this;
    }

    /// <summary>A certificate with chosen dates, such as <c>20200101000000Z</c>.</summary>
    public HandMade Dated(string name, string authority, string start, string end)
    {
        OpenSsl.Run($"req -newkey rsa:2048 -nodes -subj /CN={name} -keyout {this[name + ".key"]} -out {this[name + ".csr"]}");
        OpenSsl.Run($"ca -batch -config {Book(authority)} -startdate {start} -enddate {end} -in {this[name + ".csr"]} -out {this[name + ".pem"]} -notext");
        return this;
    }

    public TlsIdentity Identity(string name) => TlsIdentity.FromFiles(this[name + ".pem"], this[name + ".key"]);

    public TrustedAuthorities Trust(string authority) => TrustedAuthorities.FromFile(this[authority + ".pem"], requireAbsolutePath: true);

    public TlsClientOptions Client(string authority) => new(PeerTrust.Create(Trust(authority)));

    public TlsServerOptions Server(string name, string? clientAuthority = null) =>
        new(Identity(name)) { ClientTrust = clientAuthority is null ? null : PeerTrust.Create(Trust(clientAuthority)) };

    /// <summary>A revocation list of an authority that names some certificates: <c>authority.crl</c>.</summary>
    public string RevocationList(string authority, string when, params string[] revoked)
    {
        var book = Book(authority);
        foreach (var name in revoked)
            OpenSsl.Run($"ca -config {book} -revoke {this[name + ".pem"]}");
        OpenSsl.Run($"ca -config {book} -gencrl {when} -out {this[authority + ".crl"]}");
        return this[authority + ".crl"];
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>The configuration and records that <c>openssl ca</c> wants, begun anew.</summary>
    private string Book(string authority)
    {
        _folder.Write("index.txt", string.Empty);
        return _folder.Write("ca.cnf", $"[ca]\ndefault_ca=d\n[d]\ndatabase={this["index.txt"]}\ndefault_md=sha256\nrand_serial=yes\npolicy=p\nnew_certs_dir={_folder.Path}\ncertificate={this[authority + ".pem"]}\nprivate_key={this[authority + ".key"]}\n[p]\ncommonName=supplied\n");
    }
}
